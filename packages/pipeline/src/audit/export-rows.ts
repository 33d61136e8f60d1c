import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type AuditRow, auditRowOf, type ExportedItem, ROWS_FILE, readExportedRows } from '@retort/corpus';
import { type SplitBy, splitBySchema } from '@retort/schema';
import { z } from 'zod';
import type { FileFacts, UnreadableRow } from './file-rows.ts';
import type { ImageInspector, InspectedImage } from './inspect-image.ts';

const manifestSchema = z.looseObject({ split_by: splitBySchema });

/** The rule that split an exported folder; null where its corpus.json is gone or doesn't say. */
export async function splitRuleOf(dir: string): Promise<SplitBy | null> {
  const file = join(dir, 'corpus.json');
  if (!existsSync(file)) return null;
  const read = manifestSchema.safeParse(JSON.parse(await readFile(file, 'utf8')));
  return read.success ? read.data.split_by : null;
}

/** Rows of an exported folder, with what its rows.jsonl knows of them; their images are decoded. Throws as `readExportedRows` does. */
export async function* readExportAuditRows(
  dir: string,
  { ratings, sawLabel }: FileFacts,
  images: ImageInspector,
  onUnreadable: (row: UnreadableRow) => void,
): AsyncGenerator<AuditRow> {
  for await (const item of readExportedRows(dir)) {
    if (item.kind === 'unreadable') {
      onUnreadable(item);
      continue;
    }
    const { row } = item;
    const image = await inspect(item, join(dir, ROWS_FILE), images);
    const audited = auditRowOf(row, {}, image.fingerprint);
    // Somebody who brings a table wants the export held to it, not to what the export says itself.
    const rated = { ...audited.ratings, ...ratings?.find(row.sampleName)?.ratings };
    yield {
      ...audited,
      ratings: rated,
      imageProblem: image.problem,
      sawLabel: sawLabel ?? audited.sawLabel,
    };
  }
}

async function inspect(
  { row, imagePath, imageBytes }: Extract<ExportedItem, { readonly kind: 'row' }>,
  file: string,
  images: ImageInspector,
): Promise<Pick<InspectedImage, 'problem' | 'fingerprint'>> {
  if (imagePath !== null) return images.inNamedFile(imagePath, file);
  if (imageBytes !== null) return images.inBytes(imageBytes, row.sampleName);
  return { problem: 'its image is missing from the data file', fingerprint: null };
}
