import { basename } from 'node:path';
import {
  type AuditContext,
  type AuditOptions,
  type AuditReport,
  type AuditRow,
  audit,
  type CorpusFormat,
  type Finding,
  type FoundFormat,
  findFormatOf,
  IMAGE_LINE,
  IMAGE_TOKEN,
  isExport,
  type ReadRow,
} from '@retort/corpus';
import type { Aspect } from '@retort/schema';
import { readExportAuditRows } from './export-rows.ts';
import { guessAspect } from './guess-aspect.ts';
import { guessSplit } from './guess-split.ts';
import { createImageInspector, inspectBytes } from './inspect-image.ts';
import type { RatingsTable } from './ratings-table.ts';

/** What a person knows of files from elsewhere. */
export interface FileFacts {
  readonly ratings: RatingsTable | null;
  /** What every row is about; null leaves it to the row's id and questions. */
  readonly aspect: Aspect | null;
  readonly imagesDir: string | null;
  readonly workingDir: string;
  /** The texts were written with the MOS in sight; null where nobody said. */
  readonly sawLabel: boolean | null;
}

/** A row that can't be read, and why. */
export interface UnreadableRow {
  readonly place: string;
  readonly reason: string;
}

/** Formats whose trainer puts the picture first where no row names its place. */
const ADDS_IMAGE_TOKEN = new Set(['minicpm-v', 'ms-swift']);

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
): AsyncGenerator<AuditRow> {
  const inspect = createImageInspector(facts);
  for (const path of paths) {
    if (isExport(path)) {
      yield* readExportAuditRows(path, facts, inspect, onUnreadable);
      continue;
    }
    const { format, files }: FoundFormat = await findFormatOf(path);
    for (const file of files) {
      const toAuditRow = createRowReader(facts, format, file, inspect);
      for await (const item of format.read([file])) {
        if (item.kind === 'unreadable') onUnreadable(item);
        else yield await toAuditRow(item.row);
      }
    }
  }
}

/** The audit of files, with a finding `unreadable-row` for what can't be read. Throws as `readAuditRows` does. */
export async function auditFiles(
  paths: readonly string[],
  facts: FileFacts,
  context: Partial<AuditContext>,
  options: AuditOptions,
): Promise<AuditReport> {
  const unreadable = createUnreadableTally(options.maxRows);
  const report = await audit(readAuditRows(paths, facts, unreadable.add), context, options);
  const finding = unreadable.finding(report.rows);
  return finding === null
    ? report
    : { rows: report.rows + finding.rowCount, findings: [finding, ...report.findings] };
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

/** Reads the rows of one file as an audit sees them. */
export function createRowReader(
  facts: FileFacts,
  format: CorpusFormat,
  file: string,
  inspect = createImageInspector(facts),
): (row: ReadRow) => Promise<AuditRow> {
  const split = guessSplit(basename(file));
  return async (row) => {
    const image = await imageOf(row);
    const rated = findRated(row, facts.ratings);
    const aspect = facts.aspect ?? guessAspect(row);
    const turns = withImageToken(row, format);
    return {
      id: row.id ?? row.place,
      split,
      aspect,
      imagePrompt: rated?.imagePrompt ?? imagePromptIn(row),
      generator: rated?.generator ?? null,
      generatorSetting: rated?.generatorSetting ?? null,
      imageKey: image.key,
      imageProblem: image.problem,
      imageCount: Math.max(1, row.images.length),
      width: image.width,
      height: image.height,
      fingerprint: image.fingerprint,
      turns,
      ratings: rated?.ratings ?? {},
      wordLabel: null,
      sawLabel: facts.sawLabel,
    };
  };

  async function imageOf({ images: [path], imageBytes, place }: ReadRow) {
    if (format.embedsImages) return inspectBytes(path ?? place, imageBytes?.[0] ?? new Uint8Array());
    if (path !== undefined) return inspect(path, file);
    return { key: null, problem: 'it names no image', width: null, height: null, fingerprint: null };
  }
}

/** By the name in an id of ours, `dataset/aspect/name`, else by the image's path. */
function findRated({ id, images }: ReadRow, ratings: RatingsTable | null) {
  if (ratings === null) return null;
  const name = id === null ? null : /^[^/]+\/(?:quality|correspondence|authenticity)\/(.+)$/u.exec(id)?.[1];
  const byId = name == null ? null : ratings.find(name);
  return byId ?? (images[0] === undefined ? null : ratings.find(images[0]));
}

function withImageToken({ turns, images }: ReadRow, format: CorpusFormat): ReadRow['turns'] {
  const [first, ...rest] = turns;
  const isAdded = images.length === 1 && ADDS_IMAGE_TOKEN.has(format.name);
  if (first === undefined || !isAdded || turns.some(({ text }) => text.includes(IMAGE_TOKEN))) return turns;
  return [{ ...first, text: IMAGE_LINE + first.text }, ...rest];
}

/** The image prompt that our questions begin with; null in files that ask otherwise. */
function imagePromptIn({ turns }: ReadRow): string | null {
  return /^image prompt: (.+)$/imu.exec(turns[0]?.text ?? '')?.[1]?.trim() ?? null;
}
