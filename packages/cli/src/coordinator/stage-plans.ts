import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  checkSplit,
  countPrepared,
  findRunCorpus,
  importedDataset,
  isImportDue,
  isReportDue,
  loadRunCorpus,
  type PipelineDeps,
  planRequests,
  preparedSamples,
  requestSpec,
  samplesToPrepare,
  scorerInputs,
  selectSamples,
  unfittableReason,
} from '@retort/pipeline';
import { RetortError, type RunPlan, type Stage } from '@retort/schema';
import type { DatasetRow, SampleStamp } from '@retort/store';
import type { JobSource } from './run-jobs.ts';

/** A run under way. */
export interface ActiveRun {
  readonly id: string;
  readonly plan: RunPlan;
  readonly deps: PipelineDeps;
}

/** What a stage has left to do; `source` null when that is nothing. */
export interface StagePlan {
  /** Units that the stage has in all and that are done; null where a stage is one piece of work. */
  readonly units: { readonly total: number; readonly done: number; readonly name: string } | null;
  readonly source: JobSource | null;
}

const NOTHING_LEFT: StagePlan = { units: null, source: null };

export class NothingPreparedError extends RetortError {
  readonly code = 'image-unreadable';
  constructor(reasons: readonly string[]) {
    super(
      `No image of this dataset can be used. First reasons: ${reasons.join(' | ') || 'the dataset has no rows.'}`,
    );
  }
}

/** What each stage has left to do, from the store alone. */
export const stagePlans: Record<Stage, (run: ActiveRun) => Promise<StagePlan>> = {
  async import(run) {
    return (await isImportDue(run.deps, run.plan)) ? oneJob(run, 'import') : NOTHING_LEFT;
  },
  async prepare(run) {
    const selected = selectedSamples(run);
    const due = await samplesToPrepare(selected, { strict: run.plan.strict });
    const units = { total: selected.length, done: selected.length - due.length, name: 'image' };
    if (due.length === 0) return { units, source: null };
    const jobs = due.map(({ id }) => ({
      id: `prepare-${id}`,
      data: { sampleId: id, strict: run.plan.strict },
    }));
    return { units, source: listSource(jobs) };
  },
  async teach(run) {
    await ensureRequests(run);
    const counts = run.deps.store.requests.counts(run.id);
    const done = counts.answered + counts['dead-letter'];
    const units = { total: done + counts.pending, done, name: 'request' };
    // The source needs price and budget: the caller makes it.
    return { units, source: counts.pending === 0 ? null : listSource([]) };
  },
  async audit(run) {
    // What people decide from here on waits for the next distill: the later stages work on one corpus.
    run.deps.store.reviews.pin(run.id);
    return (await findRunCorpus(run.deps, run)) === null ? oneJob(run, 'audit') : NOTHING_LEFT;
  },
  async export(run) {
    const corpus = run.deps.store.corpora.get(await loadRunCorpus(run.deps, run));
    const written =
      corpus?.path !== null && corpus?.path !== undefined && existsSync(join(corpus.path, 'SHA256SUMS'));
    return written ? NOTHING_LEFT : oneJob(run, 'export');
  },
  async encode(run) {
    const inputs = await inputsOf(run);
    if (isFitted(run, inputs.fitKey)) return NOTHING_LEFT;
    const encoded = run.deps.store.runs.stageResult('encode', inputs.encodeKey) !== null;
    return encoded && existsSync(run.deps.home.features) ? NOTHING_LEFT : oneJob(run, 'encode');
  },
  async fit(run) {
    const inputs = await inputsOf(run);
    return isFitted(run, inputs.fitKey) ? NOTHING_LEFT : oneJob(run, 'fit');
  },
  async report(run) {
    const due = await isReportDue(run.deps, { ...run, dataset: datasetOf(run) });
    return due ? oneJob(run, 'report') : NOTHING_LEFT;
  },
};

/** The imported dataset of a run. */
export function datasetOf({ deps, plan }: ActiveRun): DatasetRow {
  const dataset = importedDataset(deps, plan);
  if (dataset === null) throw new TypeError('stages after import run only when import has ended');
  return dataset;
}

/** The samples that a run is about. */
export function selectedSamples(run: ActiveRun): readonly SampleStamp[] {
  return selectSamples(run.deps.store.samples.stamps(datasetOf(run).id), run.plan.limit);
}

/** Whether the corpus has ratings, and if it has, why no scorer can be fitted on them all the same. */
export async function fitOutlook(
  run: ActiveRun,
): Promise<{ readonly rated: boolean; readonly reason: string | null }> {
  const inputs = await inputsOf(run);
  if (inputs.aspects.length === 0) return { rated: false, reason: null };
  return { rated: true, reason: await unfittableReason(inputs) };
}

/** Writes the run's requests to the store, unless they are there. */
async function ensureRequests(run: ActiveRun): Promise<void> {
  const { deps, id, plan } = run;
  const dataset = datasetOf(run);
  const selected = selectedSamples(run);
  if (countPrepared(selected) === 0) {
    throw new NothingPreparedError(
      deps.store.datasets.rejectedRows(dataset.id, 3).map(({ reason }) => reason),
    );
  }
  const samples = preparedSamples(deps, selected);
  // A split that can't be made is refused before anything is asked.
  checkSplit(samples, plan);
  const spec = await requestSpec(deps, plan, dataset);
  planRequests(deps, id, spec, samples);
}

async function inputsOf(run: ActiveRun) {
  const corpusKey = await loadRunCorpus(run.deps, run);
  return scorerInputs(run.deps, { plan: run.plan, dataset: datasetOf(run), corpusKey });
}

function isFitted({ deps }: ActiveRun, fitKey: string): boolean {
  const training = deps.store.training.get(fitKey);
  return training !== null && existsSync(training.checkpointPath);
}

function oneJob(run: ActiveRun, stage: Stage): StagePlan {
  return { units: null, source: listSource([{ id: `${stage}-${run.id}`, data: { runId: run.id } }]) };
}

/** Jobs that are all known at the start, each enqueued once. */
function listSource(jobs: readonly { readonly id: string; readonly data: unknown }[]): JobSource {
  let next = 0;
  return {
    next(room) {
      const batch = jobs.slice(next, next + room);
      next += batch.length;
      return { jobs: batch, waitMs: null, finished: next >= jobs.length };
    },
  };
}
