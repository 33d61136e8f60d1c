import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sampleDataset } from '@retort/datasets';
import {
  buildTeachJob,
  createPipelineDeps,
  createTeachers,
  importDataset,
  importedDataset,
  type PipelineDeps,
  planRequests,
  preparedSamples,
  prepareSample,
  requestSpec,
  requestsOf,
  samplesToPrepare,
  selectSamples,
  teachRequest,
} from '@retort/pipeline';
import { type RunPlan, runIdOf, type TeachJob } from '@retort/schema';
import type { DatasetRow, DueRequest } from '@retort/store';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

export const PROMPTS = fileURLToPath(new URL('../../prompts/', import.meta.url));
const SAMPLE = sampleDataset();
const NOW = new Date('2026-01-02T03:04:05.000Z');

export interface BedRun {
  readonly id: string;
  readonly plan: RunPlan;
  readonly dataset: DatasetRow;
}

/** A home in a temporary folder, its clock at rest. */
export function openBed(home: string = temporaryFolder()): PipelineDeps {
  const deps = { ...createPipelineDeps({ home, promptsDir: PROMPTS }), now: () => NOW };
  onTestFinished(() => deps.store.close());
  return deps;
}

/** The first images of the sample in the repository, with its recorded answers. */
export function samplePlan(limit: number, change: Partial<RunPlan> = {}): RunPlan {
  return {
    dataset: { reader: SAMPLE.reader, path: SAMPLE.path, csv: null, columns: null, scale: null, name: null },
    recordings: SAMPLE.recordings,
    aspects: null,
    teacher: 'replay',
    model: 'recorded',
    promptForm: 'label-aware',
    limit,
    seed: 0,
    splitBy: 'image-prompt',
    strict: false,
    ...change,
  };
}

/** A file of the sample's images. */
export function sampleImage(name: string): string {
  return join(SAMPLE.path, 'images', name);
}

/** A dataset of one's own: a CSV with these lines, and copies of the sample's images under the names they get here. */
export function writeDataset(lines: readonly string[], images: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'images'));
  writeTable(folder, lines);
  for (const [name, source] of Object.entries(images)) {
    copyFileSync(sampleImage(source), join(folder, 'images', name));
  }
  return folder;
}

export function writeTable(folder: string, lines: readonly string[]): void {
  writeFileSync(join(folder, 'data.csv'), `${lines.join('\n')}\n`);
}

/** A plan for such a folder, answered by the sample's recordings, which know images by name. */
export function folderPlan(path: string, change: Partial<RunPlan> = {}): RunPlan {
  const dataset = { reader: 'csv', path, csv: null, columns: null, scale: null, name: null };
  return { ...samplePlan(1), limit: null, dataset, ...change };
}

/** Import, as its worker does it. */
export async function importRun(deps: PipelineDeps, plan: RunPlan): Promise<BedRun> {
  const id = runIdOf(plan);
  deps.store.runs.start(id, plan, NOW.toISOString());
  await importDataset(deps, plan, () => undefined);
  const dataset = importedDataset(deps, plan);
  if (dataset === null) throw new Error('The import was not whole.');
  return { id, plan, dataset };
}

/** Prepares what is due. Returns the names of those samples. */
export async function prepareRun(deps: PipelineDeps, run: BedRun): Promise<string[]> {
  const due = await samplesToPrepare(selectedOf(deps, run));
  for (const { id } of due) {
    const prepared = await prepareSample(deps, id);
    if (prepared !== null) deps.store.samples.savePrepared(id, prepared);
  }
  return due.map(({ name }) => name);
}

export async function planRun(deps: PipelineDeps, run: BedRun): Promise<void> {
  const spec = await requestSpec(deps, run.plan, run.dataset);
  planRequests(deps, run.id, spec, preparedSamples(deps, selectedOf(deps, run)));
}

/** Import and prepare. */
export async function prepared(deps: PipelineDeps, plan: RunPlan): Promise<BedRun> {
  const run = await importRun(deps, plan);
  await prepareRun(deps, run);
  return run;
}

/** What a run would ask, and about what. */
export async function requestsOfRun(deps: PipelineDeps, run: BedRun) {
  const spec = await requestSpec(deps, run.plan, run.dataset);
  const samples = [...preparedSamples(deps, deps.store.samples.stamps(run.dataset.id))];
  return { spec, samples, requests: samples.flatMap((sample) => requestsOf(spec, sample)) };
}

/** Teaches every request that is due, one attempt each. */
export async function teachRun(deps: PipelineDeps, run: BedRun): Promise<void> {
  const teacher = await createTeachers(deps, {}, () => 0.5).forRun(run.plan);
  for (const due of deps.store.requests.due(run.id, NOW.toISOString(), 1000)) {
    const { entry } = await teachRequest(toJob(run.id, due), teacher, new AbortController().signal);
    deps.store.transaction(() => deps.store.attempts.record(entry));
  }
}

/** Everything up to the corpus. */
export async function runToAnswers(deps: PipelineDeps, plan: RunPlan): Promise<BedRun> {
  const run = await importRun(deps, plan);
  await prepareRun(deps, run);
  await planRun(deps, run);
  await teachRun(deps, run);
  return run;
}

export function toJob(runId: string, due: DueRequest): TeachJob {
  return buildTeachJob(due, { runId, number: due.nextNumber, worstCaseUsd: 0.5 });
}

function selectedOf(deps: PipelineDeps, { plan, dataset }: BedRun) {
  return selectSamples(deps.store.samples.stamps(dataset.id), plan.limit);
}
