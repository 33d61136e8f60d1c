import { basename } from 'node:path';
import {
  type AuditContext,
  type AuditOptions,
  type AuditReport,
  type AuditRow,
  audit,
  type CorpusFormat,
  CorpusUsageError,
  type FoundFormat,
  findFormatOf,
  IMAGE_LINE,
  IMAGE_TOKEN,
  type ReadRow,
} from '@retort/corpus';
import type { Aspect } from '@retort/schema';
import { isExport, readExportAuditRows, splitRuleOf } from './export-rows.ts';
import { guessAspect } from './guess-aspect.ts';
import { guessSplit } from './guess-split.ts';
import { createImageInspector } from './inspect-image.ts';
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

/** The audit of files, with a finding `unreadable-row` for what can't be read. Throws as `readAuditRows` does, and where no row is. */
export async function auditFiles(
  paths: readonly string[],
  facts: FileFacts,
  context: Partial<AuditContext>,
  options: AuditOptions,
): Promise<AuditReport> {
  const unreadable: UnreadableRow[] = [];
  const [path] = paths;
  const splitBy = paths.length === 1 && path !== undefined && isExport(path) ? await splitRuleOf(path) : null;
  const report = await audit(
    readAuditRows(paths, facts, (row) => unreadable.push(row)),
    { splitBy, ...context },
    options,
  );
  const [first] = unreadable;
  if (first === undefined) {
    if (report.rows === 0) throw new CorpusUsageError(`Expected rows in ${paths.join(', ')}, found none.`);
    return report;
  }
  const rows = report.rows + unreadable.length;
  const finding = {
    code: 'unreadable-row',
    severity: 'error' as const,
    rows: unreadable.slice(0, options.maxRows).map(({ place }) => place),
    rowCount: unreadable.length,
    evidence: `${unreadable.length} of ${rows} rows can't be read; first ${first.place}: ${first.reason}.`,
    advice: 'Mend or remove these rows: a trainer stops at them, or replaces them by others in silence.',
  };
  return { rows, findings: [finding, ...report.findings] };
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
    const [path] = row.images;
    const image =
      path === undefined
        ? { key: null, problem: 'it names no image', width: null, height: null, fingerprint: null }
        : format.embedsImages
          ? { key: path, problem: null, width: null, height: null, fingerprint: null }
          : await inspect(path, file);
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
