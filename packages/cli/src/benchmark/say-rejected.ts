import type { Terminal } from '../terminal/terminal.ts';
import type { DatasetRows } from './dataset-rows.ts';

/** Rows that are named. */
const NAMED_ROWS = 3;

/** Tells people of the rows of a dataset that couldn't be used. */
export function sayRejected({ rejected }: DatasetRows, { say }: Terminal): void {
  for (const line of rejected.slice(0, NAMED_ROWS)) say(line);
  if (rejected.length > NAMED_ROWS)
    say(`${rejected.length} rows of the dataset can't be used and are left out.`);
}
