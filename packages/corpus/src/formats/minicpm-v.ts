import type { CorpusRow } from '@retort/schema';
import { peftLoraFiles } from '../lora/lora-files.ts';
import { rowId } from '../row-id.ts';
import type { CorpusFormat } from './format.ts';
import { jsonListName, openJsonList } from './json-list.ts';
import { readJsonRows } from './read-json-rows.ts';

/**
 * MiniCPM-V's official finetune script: one JSON list a split, `{id, image, conversations: [{role, content}]}`, `image`
 * a path from the folder the trainer is started in. Written as a list with one row a line.
 * Source: OpenBMB/MiniCPM-V finetune/dataset.py and readme.md; run on good and bad rows 2026-11-23.
 */
export const minicpmVFormat: CorpusFormat = {
  name: 'minicpm-v',
  embedsImages: false,
  fileGlob: jsonListName,
  open: (split, context) => openJsonList(split, context, encodeRow),
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
