import type { CorpusRow, Split } from '@retort/schema';
import type { FormatContext, SplitWriter } from './format.ts';
import { jsonLine } from './json-text.ts';
import { assertExportable } from './row-rules.ts';

/** A JSON list's file in its split. */
export function jsonListName(split: Split): string {
  return `${split}.json`;
}

/** Writes a split as one JSON list, a row a line, so that a million rows need no memory. */
export async function openJsonList(
  split: Split,
  context: FormatContext,
  encodeRow: (row: CorpusRow, imagePath: string) => unknown,
): Promise<SplitWriter> {
  const file = await context.createFile(jsonListName(split));
  let rows = 0;
  return {
    write(row) {
      assertExportable(row);
      const separator = rows === 0 ? '[\n' : ',\n';
      rows += 1;
      return file.write(separator + jsonLine(encodeRow(row, context.imagePath(row))));
    },
    async close() {
      await file.write(rows === 0 ? '[]\n' : '\n]\n');
      await file.close(rows);
    },
  };
}
