import {
  type AuditContext,
  type AuditOptions,
  type AuditReport,
  type AuditRow,
  audit,
  CorpusUsageError,
  type Finding,
  type FoundFormat,
  findFormatOf,
  isExport,
} from '@retort/corpus';
import { type AuditProgress, tellProgress } from './audit-progress.ts';
import { readExportAuditRows, splitRuleOf } from './export-rows.ts';
import { createRowReader, type FileFacts, type UnreadableRow } from './file-rows.ts';
import { createImageInspector, type ImageInspector } from './inspect-image.ts';

/**
 * Rows of files in any of our formats, as an audit sees them; one at a time.
 *
 * @param onUnreadable called for what can't be a row
 * @throws CorpusUsageError for a path that is in none of our formats
 */
export async function* readAuditRows(
  paths: readonly string[],
  facts: FileFacts,
  onUnreadable: (row: UnreadableRow) => void,
  images: ImageInspector = createImageInspector(facts),
): AsyncGenerator<AuditRow> {
  for (const path of paths) {
    if (isExport(path)) {
      yield* readExportAuditRows(path, facts, images, onUnreadable);
      continue;
    }
    const { format, files }: FoundFormat = await findFormatOf(path);
    for (const file of files) {
      const toAuditRow = createRowReader(facts, format, file, images);
      for await (const item of format.read([file])) {
        if (item.kind === 'unreadable') onUnreadable(item);
        else yield await toAuditRow(item.row);
      }
    }
  }
}

export interface AuditFilesOptions extends AuditOptions {
  readonly onProgress?: ((progress: AuditProgress) => void) | undefined;
}

/** The audit of files, with a finding `unreadable-row` for what can't be read. Throws as `readAuditRows` does, and where no row is. */
export async function auditFiles(
  paths: readonly string[],
  facts: FileFacts,
  context: Partial<AuditContext>,
  { onProgress, ...options }: AuditFilesOptions = {},
): Promise<AuditReport> {
  const unreadable = createUnreadableTally(options.maxRows);
  const images = createImageInspector(facts);
  const rows = readAuditRows(paths, facts, unreadable.add, images);
  const told = tellProgress(rows, (read) => onProgress?.({ rows: read, total: null, images: images.looked }));
  const [path] = paths;
  const splitBy = paths.length === 1 && path !== undefined && isExport(path) ? await splitRuleOf(path) : null;
  const report = await audit(told, { splitBy, ...context }, options);
  const finding = unreadable.finding(report.rows);
  if (finding !== null)
    return { rows: report.rows + finding.rowCount, findings: [finding, ...report.findings] };
  if (report.rows === 0) throw new CorpusUsageError(`Expected rows in ${paths.join(', ')}, found none.`);
  return report;
}

/** Counts what can't be read and keeps the places that a finding lists: a broken file may have a million. */
function createUnreadableTally(maxRows = Number.POSITIVE_INFINITY) {
  const places: string[] = [];
  let example = '';
  let count = 0;
  return {
    add({ place, reason }: UnreadableRow): void {
      if (count === 0) example = `${place}: ${reason}`;
      count += 1;
      if (places.length < maxRows) places.push(place);
    },
    finding: (readRows: number): Finding | null =>
      count === 0
        ? null
        : {
            code: 'unreadable-row',
            severity: 'error',
            rows: places,
            rowCount: count,
            evidence: `${count} of ${readRows + count} rows can't be read; first ${example}.`,
            advice:
              'Mend or remove these rows: a trainer stops at them, or replaces them by others in silence.',
          },
  };
}
