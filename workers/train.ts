import {
  encodeRun,
  ensureScorerEnvironment,
  fitRun,
  loadRunCorpus,
  type ProgressListener,
  scorerInputs,
  startScorer,
} from '@retort/pipeline';
import { type JobResult, runJobSchema } from '@retort/schema';
import { type Scorer, ScorerDiedError } from '@retort/scorer';
import { loadRun } from './load-run.ts';
import type { StageJob, WorkerContext } from './worker-context.ts';

/** The stages that need PyTorch share one Python process, started when the first of them comes. */
export function createTrainer(context: WorkerContext) {
  let scorer: Promise<Scorer> | null = null;

  async function start(onProgress: ProgressListener): Promise<Scorer> {
    const onInstall = (): void =>
      onProgress({ done: 0, total: 1, unit: 'setup', note: 'installing PyTorch (about 1 GB, once)' });
    return startScorer(await ensureScorerEnvironment({ ...context.scorerEnvironment, onInstall }));
  }

  const processor =
    (stage: typeof encodeRun | typeof fitRun) =>
    async (job: StageJob): Promise<JobResult> => {
      const { deps, stopping } = context;
      const run = loadRun(deps, runJobSchema.parse(job.data).runId);
      const corpusKey = await loadRunCorpus(deps, run);
      const inputs = await scorerInputs(deps, { ...run, corpusKey });
      const onProgress: ProgressListener = (progress) => void job.updateProgress(progress);
      try {
        scorer ??= start(onProgress);
        await stage({ ...deps, scorer: await scorer }, { ...run, corpusKey, inputs }, onProgress);
        return { kind: 'done' };
      } catch (error) {
        // Dead or never started: the next job makes a new one.
        if (!(await isAlive(scorer)) || error instanceof ScorerDiedError) scorer = null;
        if (stopping.aborted) return { kind: 'interrupted' };
        throw error;
      }
    };

  return {
    encode: processor(encodeRun),
    fit: processor(fitRun),
    /** Lets the scorer write its checkpoint and ends it. */
    async stop(): Promise<void> {
      const running = await scorer?.catch(() => null);
      await running?.stop();
    },
  };
}

async function isAlive(scorer: Promise<Scorer> | null): Promise<boolean> {
  return scorer === null
    ? false
    : scorer.then(
        () => true,
        () => false,
      );
}
