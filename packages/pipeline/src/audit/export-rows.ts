import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type AuditRow, auditRowOf, readExportedRows } from '@retort/corpus';
import { type SplitBy, splitBySchema } from '@retort/schema';
import { z } from 'zod';
import type { FileFacts, UnreadableRow } from './audit-files.ts';
import type { createImageInspector } from './inspect-image.ts';

/** The file that makes an exported folder tell all it knows. */
const ROWS_FILE = 'rows.jsonl';

/** True for a folder that `distill export` wrote. */
export function isExport(path: string): boolean {
  return existsSync(join(path, ROWS_FILE));
}

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
  inspect: ReturnType<typeof createImageInspector>,
  onUnreadable: (row: UnreadableRow) => void,
): AsyncGenerator<AuditRow> {
  for await (const item of readExportedRows(dir)) {
    if (item.kind === 'unreadable') {
      onUnreadable(item);
      continue;
    }
    const { row, imagePath } = item;
    const image = imagePath === null ? null : await inspect(imagePath, join(dir, ROWS_FILE));
    const audited = auditRowOf(row, ratings?.find(row.sampleName)?.ratings ?? {});
    yield { ...audited, imageProblem: image?.problem ?? null, sawLabel: sawLabel ?? audited.sawLabel };
  }
}
