import type { CorpusRow } from '@retort/schema';
import { peftLoraFiles } from '../lora/lora-files.ts';
import { rowId } from '../row-id.ts';
import type { CorpusFormat } from './format.ts';
import { jsonLine } from './json-text.ts';
import { readJsonRows } from './read-json-rows.ts';
import { assertExportable } from './row-rules.ts';

/**
 * MiniCPM-V's official finetune script: one JSON list a split, `{id, image, conversations: [{role, content}]}`, `image`
 * a path from the folder the trainer is started in. Written as a list with one row a line.
 * Source: OpenBMB/MiniCPM-V finetune/dataset.py and readme.md; run on good and bad rows 2026-11-23.
 */
export const minicpmVFormat: CorpusFormat = {
  name: 'minicpm-v',
  embedsImages: false,
  fileGlob: (split) => `${split}.json`,
  async open(split, context) {
    const file = await context.createFile(minicpmVFormat.fileGlob(split));
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
  },
  sideFiles: peftLoraFiles,
  read: (files) =>
    readJsonRows(
      files,
      { impliesNewline: false },
      {
        container: 'list',
        otherwise: 'holds JSON lines, and MiniCPM-V’s script loads one JSON list: it stops with “Extra data”',
      },
    ),
};

function encodeRow(row: CorpusRow, imagePath: string) {
  return {
    id: rowId(row),
    image: imagePath,
    conversations: row.turns.map((turn) => ({ role: turn.role, content: turn.text })),
  };
}
