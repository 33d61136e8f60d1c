import {
  type AuditReport,
  type AuditRow,
  assertShape,
  audit,
  auditRowOf,
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
import { exportCommandLine } from './export-command-line.ts';
import { exportedRows, loadCorpus } from './export-run.ts';
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

/** Writes a stored corpus, or a part or shape of it, as a folder for trainers. @throws what `exportCorpus` throws */
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
  if (!isWhole(shape) && isNothingLeft(rows())) throw new NothingToExportError(survey);
  const { manifest, audit: report } = isWhole(shape) ? stored : await nameShaped(rows, stored.manifest);
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

/** No row of the corpus is in the part that was asked for. */
export class NothingToExportError extends RetortError {
  readonly code = 'corpus-empty';
  constructor({ leftOut, leftOutRows: [first] }: RowSurvey) {
    super(
      first === undefined
        ? 'Nothing is left to export: the corpus has no row in these splits about these aspects.'
        : `Nothing is left to export: ${leftOut} rows are left out, the first because it ${first.reason}.`,
    );
  }
}

/** @throws CorpusUsageError for an aspect that the corpus has no row about */
function assertAspects({ aspects, join }: ExportShape, { rowsByAspect }: CorpusManifest): void {
  const absent = [...(aspects ?? []), ...(join ?? [])].find((aspect) => !rowsByAspect[aspect]);
  if (absent === undefined) return;
  const there = Object.keys(rowsByAspect).join(', ');
  throw new CorpusUsageError(`This corpus has no rows about ${absent}: it has those about ${there}.`);
}

function isNothingLeft(rows: Iterable<CorpusRow | LeftOutRow>): boolean {
  for (const _ of keptRows(rows)) return false;
  return true;
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

/** A shape's rows are a corpus of their own: named by them, and audited as they are. */
async function nameShaped(
  rows: () => Iterable<CorpusRow | LeftOutRow>,
  from: CorpusManifest,
): Promise<{ manifest: CorpusManifest; audit: AuditReport }> {
  const { manifest } = await buildCorpus(keptRows(rows()), corpusMetaOf(from), from.review?.rejected);
  const report = await audit(auditRows(rows()), { splitBy: from.splitBy }, { maxRows: FINDING_ROWS_MAX });
  return { manifest, audit: report };
}

function* keptRows(rows: Iterable<CorpusRow | LeftOutRow>): Generator<CorpusRow> {
  for (const row of rows) if (!isLeftOut(row)) yield row;
}

function* auditRows(rows: Iterable<CorpusRow | LeftOutRow>): Generator<AuditRow> {
  for (const row of keptRows(rows)) yield auditRowOf(row);
}

/** What corpus.json says of it; what wasn't asked for isn't there. */
function shapeJson({ maxTokens, ...shape }: ExportShape, corpus: string): Readonly<Record<string, unknown>> {
  const asked = Object.entries(shape).filter(([, value]) => value !== null);
  return { corpus, ...Object.fromEntries(asked) };
}
