import {
  type AuditReport,
  assertShape,
  audit,
  buildCorpus,
  type CorpusManifest,
  CorpusUsageError,
  corpusMetaOf,
  type ExportShape,
  exportCorpus,
  FINDING_ROWS_MAX,
  findFormat,
  type ImageMode,
  isLeftOut,
  isWhole,
  type LeftOutRow,
  shapeRow,
  type TokenCounter,
} from '@retort/corpus';
import { type CorpusRow, RetortError, type Split } from '@retort/schema';
import { corpusAuditRows } from './audit/audit-corpus.ts';
import { loadAudit } from './audit/stored-audit.ts';
import { exportCommandLine } from './export-command-line.ts';
import { exportedRows, loadCorpus } from './load-corpus.ts';
import type { PipelineDeps } from './pipeline-deps.ts';
import { type RowSurvey, surveyRows } from './survey-rows.ts';
import type { HomeTokenCounter } from './token-counts.ts';

export interface ExportRequest {
  /** Key of a stored corpus. */
  readonly corpus: string;
  /** Registry names. */
  readonly formats: readonly string[];
  /** Absolute. */
  readonly dir: string;
  readonly shape: ExportShape;
  readonly imageMode: ImageMode;
  /** Puts the export in the place of any corpus that stands there. */
  readonly overwrite: boolean;
  /** Looks at all rows and writes nothing. */
  readonly dryRun: boolean;
  /** Counts rows as the student's trainer does; null where nothing is counted. */
  readonly counter: (TokenCounter & Partial<Pick<HomeTokenCounter, 'inOrder'>>) | null;
  /** Whose tokens it counts, where that was asked for. */
  readonly student?: string | undefined;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface ExportReport {
  /** Of what was exported: the corpus's own, or of the shaped rows. */
  readonly key: string;
  readonly corpus: string;
  /** Null in a dry run. */
  readonly path: string | null;
  /** The same export was there already. */
  readonly reused: boolean;
  readonly formats: readonly string[];
  readonly rows: number;
  readonly rowsBySplit: Readonly<Record<Split, number>>;
  readonly survey: RowSurvey;
}

/** Nothing of a corpus is left by what was asked for. */
export class ExportEmptyError extends RetortError {
  readonly code = 'corpus-empty';
  constructor({ leftOut, leftOutRows: [first] }: RowSurvey) {
    super(
      first === undefined
        ? 'No row of this corpus is of the splits and aspects that were asked for: ask for others.'
        : `All ${leftOut} rows that were asked for are left out, the first is ${first.id}: it ${first.reason}. Ask for other turns, or a higher limit.`,
    );
  }
}

/** Writes a stored corpus, or a part or shape of it, as a folder for trainers. @throws ExportEmptyError, and what `exportCorpus` throws */
export async function exportStoredCorpus(deps: PipelineDeps, request: ExportRequest): Promise<ExportReport> {
  const { shape, corpus } = request;
  assertShape(shape);
  for (const name of request.formats) findFormat(name);
  const stored = loadCorpus(deps, corpus);
  assertAspects(shape, stored.manifest);
  const rows = () => shapedRows(deps, request);
  const survey = isWhole(shape)
    ? surveyWhole(rows, stored.manifest.rowsHash, request.counter)
    : surveyRows(rows(), request.counter);
  const { manifest, audit: report } = isWhole(shape)
    ? { ...stored, audit: await loadAudit(deps, corpus) }
    : await nameShaped(deps, { rows, from: stored.manifest, survey, request });
  const result = {
    key: manifest.key,
    corpus,
    formats: [...new Set(request.formats)].sort(),
    rows: manifest.rows,
    rowsBySplit: manifest.rowsBySplit,
    survey,
  };
  let done = 0;
  const { path, reused } = await exportCorpus({
    rows: rows(),
    dir: request.dir,
    formats: request.formats,
    images: (row) => deps.blobs.path(row.blobHash),
    manifest,
    audit: report,
    imageMode: request.imageMode,
    dryRun: request.dryRun,
    replace: request.overwrite ? 'any-corpus' : 'incomplete',
    shape: isWhole(shape) ? null : shapeJson(shape, corpus),
    maxTokens: shape.maxTokens,
    documents: {
      teachers: deps.store.corpora.teachers(corpus),
      command: exportCommandLine(request),
      joined: shape.join,
      tokenShares: survey.tokens === null ? [] : [survey.tokens],
    },
    onRow: () => {
      done += 1;
      request.onProgress?.(done, manifest.rows);
    },
  });
  return { ...result, path: request.dryRun ? null : path, reused };
}

/** The survey of a corpus as it is, whose counts are kept as one list. */
function surveyWhole(
  rows: () => Iterable<CorpusRow | LeftOutRow>,
  rowsHash: string,
  counter: ExportRequest['counter'],
): RowSurvey {
  if (counter === null) return surveyRows([], null);
  const inOrder = counter.inOrder?.(rowsHash);
  const survey = surveyRows(rows(), inOrder ?? counter);
  inOrder?.finish();
  return survey;
}

function* shapedRows(deps: PipelineDeps, { corpus, shape, counter }: ExportRequest) {
  const findPartner = (row: CorpusRow, aspect: CorpusRow['aspect']): CorpusRow | null =>
    deps.store.corpora.row(corpus, { ...row, aspect });
  for (const row of exportedRows(deps, corpus)) {
    const shaped = shapeRow(row, shape, { findPartner, counter });
    if (shaped !== null) yield shaped;
  }
}

interface ShapedRows {
  readonly rows: () => Iterable<CorpusRow | LeftOutRow>;
  readonly from: CorpusManifest;
  readonly survey: RowSurvey;
  readonly request: ExportRequest;
}

/** @throws CorpusUsageError for an aspect that the corpus has no row about */
function assertAspects({ aspects, join }: ExportShape, { rowsByAspect }: CorpusManifest): void {
  const absent = [...(aspects ?? []), ...(join ?? [])].find((aspect) => !rowsByAspect[aspect]);
  if (absent === undefined) return;
  const there = Object.keys(rowsByAspect).join(', ');
  throw new CorpusUsageError(`This corpus has no rows about ${absent}: it has those about ${there}.`);
}

/** A shape's rows are a corpus of their own: named by them, and audited as they are. */
async function nameShaped(
  deps: PipelineDeps,
  { rows, from, survey, request }: ShapedRows,
): Promise<{ manifest: CorpusManifest; audit: AuditReport }> {
  const { counter, shape } = request;
  if (isEmpty(keptRows(rows()))) throw new ExportEmptyError(survey);
  const { manifest } = await buildCorpus(keptRows(rows()), corpusMetaOf(from), from.review?.rejected);
  const report = await audit(
    corpusAuditRows(deps, () => keptRows(rows())),
    { splitBy: from.splitBy, tokenCounter: counter, maxTokens: shape.maxTokens },
    { maxRows: FINDING_ROWS_MAX },
  );
  return { manifest, audit: report };
}

function* keptRows(rows: Iterable<CorpusRow | LeftOutRow>): Generator<CorpusRow> {
  for (const row of rows) if (!isLeftOut(row)) yield row;
}

/** Looks at the first; leaving the loop ends the query behind it. */
function isEmpty(rows: Iterable<CorpusRow>): boolean {
  for (const _ of rows) return false;
  return true;
}

/** What corpus.json says of it; what wasn't asked for isn't there. */
function shapeJson({ maxTokens, ...shape }: ExportShape, corpus: string): Readonly<Record<string, unknown>> {
  const asked = Object.entries(shape).filter(([, value]) => value !== null);
  return { corpus, ...Object.fromEntries(asked) };
}
