import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { advanceBatch, type BatchDeps, createPipelineDeps, planBatch } from '@retort/pipeline';
import type { JobResult } from '@retort/schema';
import type { StoredBatch } from '@retort/store';
import { type BatchTeacher, createTeacher, loadPrompts, type PriceQuote, quotePrice } from '@retort/teacher';
import { afterAll, onTestFinished } from 'vitest';
import type { Settings } from '../../tools/gemini-double/settings.ts';
import { startBatchDouble } from '../fixtures/teacher/batch-double.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { openBed, PROMPTS, planRun, prepared, samplePlan } from './pipeline-bed.ts';

export const BATCH_MODEL = 'gemini-3.8-flash';
const START = '2026-01-02T03:04:05.000Z';
export const PLAN = { teacher: 'gemini-batch', model: BATCH_MODEL, recordings: null } as const;

let template: ReturnType<typeof makeTemplate> | null = null;

/** Importing and preparing is another test's subject: done once, and copied. */
async function makeTemplate() {
  const folder = mkdtempSync(join(tmpdir(), 'retort-batches-'));
  const deps = createPipelineDeps({ home: folder, promptsDir: PROMPTS });
  const run = await prepared(deps, samplePlan(3, PLAN));
  await planRun(deps, run);
  deps.store.close();
  return { folder, run };
}

afterAll(async () => {
  if (template !== null) rmSync((await template).folder, { recursive: true });
});

/** Three images of the sample with their six requests, planned, and a double that answers when time passes. */
export async function batchRunBed(settings: Partial<Settings> = {}) {
  const double = await startBatchDouble(settings, START);
  onTestFinished(() => double.close());
  template ??= makeTemplate();
  const { folder, run } = await template;
  const home = temporaryFolder();
  cpSync(folder, home, { recursive: true });
  const deps = openBed(home);
  const { store } = deps;
  let nowMs = Date.parse(START);
  const now = () => new Date(nowMs);
  const { baseUrl } = double;
  const teacher = await createTeacher('gemini-batch', {
    apiKey: 'made-up-key',
    model: BATCH_MODEL,
    baseUrl,
    now,
  });
  const batchDeps: BatchDeps = {
    store,
    blobs: deps.blobs,
    now,
    teacher,
    prompts: await loadPrompts(PROMPTS),
    priceOf: (model) => quotePrice({ teacher: PLAN.teacher, model, override: null }),
    recorder: {
      record: async (entry) => {
        if (entry.kind === 'attempt') store.transaction(() => store.attempts.record(entry.entry));
      },
    },
    temporaryDir: `${deps.home.dir}/batches`,
    random: () => 0.5,
  };
  const plan = (
    change: {
      price?: PriceQuote;
      budgetUsd?: number;
      maxRows?: number;
      maxBytes?: number;
      holdRetries?: boolean;
    } = {},
  ) =>
    planBatch({
      store,
      runId: run.id,
      plan: PLAN,
      price: change.price ?? batchDeps.priceOf(BATCH_MODEL),
      budgetUsd: change.budgetUsd ?? null,
      limits: { maxRows: change.maxRows ?? 5000, maxBytes: change.maxBytes ?? 1e9 },
      now: now(),
      holdRetries: change.holdRetries ?? false,
    });
  const advance = (
    batchId: number,
    changed: Partial<BatchTeacher> = {},
    runId = run.id,
  ): Promise<JobResult> =>
    advanceBatch(
      { ...batchDeps, teacher: { ...teacher, ...changed } },
      { runId, batchId },
      new AbortController().signal,
    );
  const pass = (ms: number): void => {
    nowMs += ms;
    double.pass(ms);
  };
  return {
    deps,
    double,
    run,
    store,
    teacher,
    batchDeps,
    plan,
    advance,
    pass,
    /** Plans a batch that must be possible. */
    planned(): StoredBatch {
      const end = plan();
      const batch = end.kind === 'planned' ? store.batches.get(end.id) : null;
      if (batch === null) throw new Error('There was nothing to plan.');
      return batch;
    },
    /** Goes on with a batch, time passing, until it is over. */
    async finish(batchId: number): Promise<StoredBatch> {
      for (let step = 0; step < 100; step += 1) {
        await advance(batchId);
        const batch = store.batches.get(batchId);
        if (batch !== null && batch.finishedAt !== null) return batch;
        pass(60_000);
      }
      throw new Error('The batch never ended.');
    },
    money: () => store.attempts.spending(run.id),
  };
}
