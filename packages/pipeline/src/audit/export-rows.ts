import { join } from 'node:path';
import { type AuditRow, auditRowOf, ROWS_FILE, readExportedRows } from '@retort/corpus';
import type { FileFacts, UnreadableRow } from './audit-files.ts';
import { type createImageInspector, inspectBytes } from './inspect-image.ts';

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
    const { row, imagePath, imageBytes } = item;
    const image =
      imagePath === null
        ? await inspectBytes(row.sampleName, imageBytes ?? new Uint8Array())
        : await inspect(imagePath, join(dir, ROWS_FILE));
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
