import { configureImageDecoding, sweepTemporaryBlobs } from '@retort/images';
import { createPipelineDeps, workerSettingsSchema } from '@retort/pipeline';
import { holdsLock, jobRetries, queueName, queueOptions, workerOptions } from '@retort/queue';
import { batchJobSchema, isRetortError, type JobResult, type Stage } from '@retort/schema';
import { startRecorder } from '@retort/store';
import { type Job, Queue, Worker } from 'bullmq';
import { auditProcessor } from './audit.ts';
import { exportProcessor } from './export.ts';
import { importProcessor } from './import.ts';
import { createLimiters } from './limiters.ts';
import { prepareProcessor } from './prepare.ts';
import { reportProcessor } from './report.ts';
import { teachProcessor } from './teach.ts';
import { teachBatchProcessor } from './teach-batch.ts';
import { createTrainer } from './train.ts';
import type { StageJob, WorkerContext } from './worker-context.ts';

type Processor = (job: StageJob) => Promise<JobResult>;

/**
 * One worker process: a BullMQ worker for every stage. Started by the coordinator with its settings as JSON in RETORT_WORKER;
 * ends when it gets SIGTERM (after what is in flight), and at once when the coordinator is gone (its stdin closes).
 */
async function main(argument: string | undefined): Promise<void> {
  const settings = workerSettingsSchema.parse(JSON.parse(argument ?? 'null'));
  const { address, homeId, limits } = settings;
  const stop = new AbortController();
  const deps = createPipelineDeps(settings);
  configureImageDecoding(settings.prepareConcurrency);
  await sweepTemporaryBlobs(deps.home.blobs);
  const recorder = startRecorder(settings.home);
  const scorerEnvironment = { cacheDir: settings.cacheDir, env: process.env };
  const context: WorkerContext = { deps, recorder, scorerEnvironment, stopping: stop.signal };
  const teachQueue = new Queue(queueName('teach'), queueOptions(address, homeId));
  const limiters = createLimiters(settings, context);
  const trainer = createTrainer(context);
  const teach = teachProcessor({ context, queue: teachQueue, limiters });
  const teachBatch = teachBatchProcessor(context);
  const isBatch = (job: StageJob): boolean => batchJobSchema.safeParse(job.data).success;
  const stages: Record<Stage, { processor: Processor; concurrency: number }> = {
    import: { processor: importProcessor(context), concurrency: 1 },
    prepare: { processor: prepareProcessor(context), concurrency: settings.prepareConcurrency },
    teach: {
      processor: (job) => (isBatch(job) ? teachBatch(job) : teach(job)),
      concurrency: teachJobsAtOnce(limits.concurrency),
    },
    audit: { processor: auditProcessor(context), concurrency: 1 },
    export: { processor: exportProcessor(context), concurrency: 1 },
    encode: { processor: trainer.encode, concurrency: 1 },
    fit: { processor: trainer.fit, concurrency: 1 },
    report: { processor: reportProcessor(context), concurrency: 1 },
  };
  const workers = Object.entries(stages).map(([stage, { processor, concurrency: atOnce }]) => {
    // The keys are the Stage union's.
    const name = queueName(stage as Stage);
    const worker = new Worker(name, settled(processor), workerOptions(address, homeId, atOnce));
    worker.on('error', (error) => say(`${name}: ${error.message}`));
    return worker;
  });

  const drain = async (): Promise<void> => {
    stop.abort();
    // Together: whoever still took jobs while another stops would take them for nothing.
    await Promise.all([trainer.stop(), ...workers.map((worker) => worker.close())]);
    await limiters.close();
    await teachQueue.close();
    await recorder.close();
    deps.store.close();
    process.exit(0);
  };
  process.once('SIGTERM', () => void drain());
  process.stdin.on('end', () => process.exit(1)).resume();
}

/** More than the calls at once: while some answers are on their way to the disk, others are asked for. */
function teachJobsAtOnce(calls: number): number {
  return calls + Math.max(8, Math.ceil(calls / 2));
}

/** What was expected to be able to go wrong is a result; a broken assumption stays an exception, and fails the job. */
function settled(processor: Processor): (job: Job) => Promise<JobResult> {
  return async (job) => {
    try {
      return await processor({
        data: job.data,
        attemptsStarted: job.attemptsStarted,
        updateProgress: (progress) => job.updateProgress(progress).catch(() => undefined),
        holdsLock: () => holdsLock(job),
      });
    } catch (error) {
      // The scorer's process can be started again: BullMQ does, until its attempts are used up.
      const lastChance = job.attemptsMade + 1 >= jobRetries(job.queueName);
      if (!isRetortError(error) || (error.code === 'scorer-died' && !lastChance)) throw error;
      return { kind: 'failed', code: error.code, message: error.message };
    }
  };
}

function say(message: string): void {
  process.stderr.write(`${message}\n`);
}

await main(process.env.RETORT_WORKER);
