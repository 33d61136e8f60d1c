import {
  buildReportData,
  countPrepared,
  findRunCorpus,
  importedDataset,
  readReport,
  reportFiles,
  selectSamples,
} from '@retort/pipeline';
import { type ReportData, referenceOf, scorerOf, terminalSummary } from '@retort/report';
import { ASPECTS } from '@retort/schema';
import type { Spending } from '@retort/store';
import type { RunEnd } from './coordinator/distill-run.ts';
import type { ActiveRun } from './coordinator/stage-plans.ts';
import { formatDuration } from './terminal/meter.ts';

/** What a run came to: the report's own figures where there is a report, the store's where it ended before. */
async function reportOf(run: ActiveRun): Promise<ReportData | null> {
  const dataset = importedDataset(run.deps, run.plan);
  if (dataset === null || (await findRunCorpus(run.deps, run)) === null) return null;
  const written = (await readReport(run.deps, run.id)) !== null;
  return buildReportData(run.deps, { ...run, dataset }, written ? reportFiles(run.deps, run.id).html : null);
}

/** The one object that `distill --json` prints. */
export async function resultJson(
  run: ActiveRun,
  end: RunEnd,
  { seconds, before }: { readonly seconds: number; readonly before: Spending },
): Promise<Record<string, unknown>> {
  const total = run.deps.store.attempts.spending(run.id);
  const data = await reportOf(run);
  const report = await readReport(run.deps, run.id);
  return {
    run: run.id,
    status: end.kind,
    ...(end.kind === 'limit' ? { stopped_by: end.reason, go_on_at: end.until } : {}),
    ...(data === null ? factsBeforeCorpus(run) : factsOf(data)),
    // Of this start alone; `total` is the run's, over every time it was started.
    teacher_calls: total.attempts - before.attempts,
    cost_usd: costOf(total) === null ? null : total.spentUsd - before.spentUsd,
    total: { teacher_calls: total.attempts, cost_usd: costOf(total) },
    report: report === null || end.kind !== 'done' ? null : report.artifacts.report,
    ...(end.kind === 'done' && end.note !== null ? { note: end.note } : {}),
    seconds,
  };
}

function costOf({ unknownCost, spentUsd }: Spending): number | null {
  return unknownCost > 0 ? null : spentUsd;
}

function factsBeforeCorpus({ deps, plan, id }: ActiveRun): Record<string, unknown> {
  const dataset = importedDataset(deps, plan);
  const samples = dataset === null ? [] : selectSamples(deps.store.samples.stamps(dataset.id), plan.limit);
  return {
    dataset: dataset?.name ?? plan.dataset.name ?? plan.dataset.reader,
    images: countPrepared(samples),
    rejected: dataset === null ? 0 : deps.store.datasets.countRejectedRows(dataset.id),
    teacher: plan.teacher,
    conversations: 0,
    dead_letters: deps.store.requests.counts(id)['dead-letter'],
    corpus: null,
    metrics: {},
    heads: {},
    floor: {},
    checkpoint: null,
  };
}

function factsOf(data: ReportData): Record<string, unknown> {
  const fitted = ASPECTS.flatMap((aspect) => {
    const fit = data.fit?.[aspect];
    return fit === undefined ? [] : [{ aspect, fit }];
  });
  const figures = (metrics: (typeof fitted)[number]['fit']['floor']['metrics']) => ({
    srcc: metrics.srcc.value,
    plcc_raw: metrics.plcc_raw.value,
    plcc_logistic5: metrics.plcc_logistic5.value,
    krcc: metrics.krcc.value,
    rmse: metrics.rmse_raw.value,
    n: metrics.n,
  });
  return {
    dataset: data.run.dataset,
    images: data.counts.images,
    rejected: data.counts.rejected_total,
    teacher: data.run.teacher,
    model: data.run.model,
    recorded: data.run.recorded,
    conversations: data.counts.conversations,
    dead_letters: data.counts.dead_letters_total,
    corpus:
      data.corpus === null ? null : { key: data.corpus.key, path: data.corpus.path, rows: data.corpus.rows },
    ...(data.counts.review === undefined ? {} : { review: data.counts.review }),
    split_by: data.run.split_by,
    ...(data.run.leakage === undefined ? {} : { leakage: data.run.leakage }),
    seed: data.run.seed,
    metrics: Object.fromEntries(fitted.map(({ aspect, fit }) => [aspect, figures(scorerOf(fit).metrics)])),
    kernel_ridge: Object.fromEntries(
      fitted.map(({ aspect, fit }) => [aspect, { srcc: referenceOf(fit)?.metrics.srcc.value ?? null }]),
    ),
    heads: Object.fromEntries(fitted.map(({ aspect, fit }) => [aspect, headsOf(fit)])),
    floor: Object.fromEntries(
      fitted.map(({ aspect, fit }) => [aspect, { srcc: fit.floor.metrics.srcc.value }]),
    ),
    checkpoint: data.artifacts.checkpoint,
    training_command: data.training_command,
  };
}

type AspectFit = NonNullable<NonNullable<ReportData['fit']>[(typeof ASPECTS)[number]]>;

/** SRCC and PLCC of every head by its name, the scorer first. */
function headsOf({ heads }: AspectFit): Record<string, { srcc: number | null; plcc_raw: number | null }> {
  return Object.fromEntries(
    heads.map(({ name, metrics }) => [name, { srcc: metrics.srcc.value, plcc_raw: metrics.plcc_raw.value }]),
  );
}

/** What `distill` prints for people at its end; its last line is the command that trains the student. */
export async function summaryText(
  run: ActiveRun,
  end: RunEnd,
  seconds: number,
  color: boolean,
): Promise<string> {
  const data = await reportOf(run);
  const lines = [
    end.kind === 'done' && !end.worked
      ? `Nothing was left to do (${formatDuration(seconds)}): these are the stored results.`
      : `${end.kind === 'done' ? 'Finished' : 'Stopped'} after ${formatDuration(seconds)}.`,
    ...(end.kind === 'done' && end.note !== null ? [end.note] : []),
    ...describeRejected(run),
    ...(data === null ? [] : [terminalSummary(data, { color })]),
  ];
  return lines.join('\n');
}

/** Rows set aside that a person sees at once; all of them are in the report. */
const SHOWN_REJECTED = 3;

function describeRejected({ deps, plan }: ActiveRun): string[] {
  const dataset = importedDataset(deps, plan);
  if (dataset === null) return [];
  const total = deps.store.datasets.countRejectedRows(dataset.id);
  const shown = deps.store.datasets.rejectedRows(dataset.id, SHOWN_REJECTED);
  const lines = shown.map(({ file, row, name, reason }) => {
    const where = row === null ? file : `${file}, line ${row}`;
    return `  Set aside: ${where}${name === null ? '' : ` (${name})`}: ${reason}`;
  });
  return total > shown.length ? [...lines, `  … and ${total - shown.length} more rows set aside.`] : lines;
}
