import { basename } from 'node:path';
import type { CorpusRow } from '@retort/schema';
import { llamafactoryLoraFiles } from '../lora/lora-files.ts';
import { rowId } from '../row-id.ts';
import type { CorpusFormat } from './format.ts';
import { jsonListName, openJsonList } from './json-list.ts';
import {
  DATASET_INFO_FILE,
  datasetInfoEntry,
  llamafactoryDatasetName,
  readDatasetInfo,
} from './llamafactory-info.ts';
import { readJsonRows } from './read-json-rows.ts';
import type { ReadItem } from './read-row.ts';

/**
 * LLaMA-Factory 0.9.5: sharegpt as one JSON list a split, with a dataset_info.json beside them. A row has as many `<image>`
 * as images, or the whole load stops. Image paths start where the trainer is started (or at `media_dir`).
 * Source: LLaMA-Factory 0.9.5 src/llamafactory/data/converter.py; run on good and bad rows 2026-11-23.
 */
export const llamafactoryFormat: CorpusFormat = {
  name: 'llamafactory',
  embedsImages: false,
  fileGlob: jsonListName,
  open: (split, context) => openJsonList(split, context, encodeRow),
  sideFiles: (context) => {
    const entries = context.splits.map((split) => [
      llamafactoryDatasetName(split),
      datasetInfoEntry(jsonListName(split)),
    ]);
    const info = {
      name: DATASET_INFO_FILE,
      text: `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`,
    };
    return [info, ...llamafactoryLoraFiles(context)];
  },
  read: readFiles,
};

function encodeRow(row: CorpusRow, imagePath: string) {
  return {
    id: rowId(row),
    messages: row.turns.map((turn) => ({ role: turn.role, content: turn.text })),
    images: [imagePath],
  };
}

async function* readFiles(files: readonly string[]): AsyncGenerator<ReadItem> {
  for (const file of files) {
    if (basename(file) !== DATASET_INFO_FILE) {
      yield* readJsonRows([file], { impliesNewline: false }, null);
      continue;
    }
    const { files: listed, problems } = await readDatasetInfo(file);
    for (const reason of problems) yield { kind: 'unreadable', place: DATASET_INFO_FILE, reason };
    for (const { path, spelling } of listed) yield* readJsonRows([path], spelling, null);
  }
}
