import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Rows in the JSON lists of a folder, which have one row a line. */
export async function countRows(folder: string): Promise<number> {
  let rows = 0;
  for (const name of await readdir(folder)) {
    if (!name.endsWith('.json')) continue;
    for await (const line of createInterface({ input: createReadStream(join(folder, name)) })) {
      if (line.startsWith('{')) rows += 1;
    }
  }
  return rows;
}
