import { createReadStream, createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { answerLine, answerRow } from './batch-rows.ts';
import { type BatchProgress, batchProgressAt } from './batch-state.ts';
import type { Double } from './double.ts';
import type { FileStore, StoredFile } from './file-store.ts';
import { randomOf } from './random.ts';

/** Jobs that may be unfinished at once (gemini-protocol: up to 100). */
export const MAX_ACTIVE_JOBS = 100;

/** What a job is to answer. */
export type BatchInput =
  | { readonly kind: 'file'; readonly file: StoredFile }
  | { readonly kind: 'inline'; readonly rows: readonly { request?: unknown; metadata?: unknown }[] };

export interface BatchJob {
  /** `batches/…` */
  readonly name: string;
  readonly model: string;
  readonly displayName: string;
  readonly createdAtMs: number;
  readonly fails: boolean;
  cancelledAtMs: number | null;
  readyAtMs: number | null;
  rows: number;
  failedRows: number;
  /** As it stands in the operation: `"responsesFile":…` or `"inlinedResponses":…`. */
  output: string | null;
}

export interface BatchJobs {
  create(model: string, displayName: string, input: BatchInput): BatchJob;
  get(name: string): BatchJob | undefined;
  list(): readonly BatchJob[];
  progressOf(job: BatchJob): BatchProgress;
  countActive(): number;
  remove(name: string): void;
}

/** The jobs of one double. Rows are answered as soon as a job is created; time alone decides when that shows. */
export function createBatchJobs(double: Double, files: FileStore): BatchJobs {
  const jobs = new Map<string, BatchJob>();
  const progressOf = (job: BatchJob) => batchProgressAt(job, double.settings, double.now());
  return {
    progressOf,
    get: (name) => jobs.get(name),
    list: () => [...jobs.values()],
    countActive: () => [...jobs.values()].filter((job) => progressOf(job).endedAtMs === null).length,
    remove: (name) => {
      jobs.delete(name);
    },
    create(model, displayName, input) {
      const name = `batches/${double.nextId()}`;
      const { seed, batchFailRate } = double.settings;
      const job: BatchJob = {
        name,
        model,
        displayName,
        createdAtMs: double.now(),
        fails: randomOf(seed, `batch ${displayName}`, jobs.size + 1)() < batchFailRate,
        cancelledAtMs: null,
        readyAtMs: null,
        rows: 0,
        failedRows: 0,
        output: null,
      };
      jobs.set(name, job);
      double.stats.batchCreated();
      if (input.kind === 'inline') answerInline(double, job, input.rows);
      else void answerFile(double, files, job, input.file);
      return job;
    },
  };
}

function answerInline(
  double: Double,
  job: BatchJob,
  rows: readonly { request?: unknown; metadata?: unknown }[],
): void {
  const texts = rows.map(({ request, metadata }) => {
    const { members, failed } = answerRow(double, job.model, request);
    count(double, job, failed);
    return `{${members}${metadata === undefined ? '' : `,"metadata":${JSON.stringify(metadata)}`}}`;
  });
  job.output = `"inlinedResponses":{"inlinedResponses":[${texts.join(',')}]}`;
  job.readyAtMs = double.now();
}

async function answerFile(double: Double, files: FileStore, job: BatchJob, input: StoredFile): Promise<void> {
  const output = files.create(`files/${job.name.replace('/', '-')}`, {
    displayName: null,
    mimeType: 'application/jsonl',
    createdAtMs: double.now(),
  });
  const lines = createInterface({ input: createReadStream(input.path), crlfDelay: Number.POSITIVE_INFINITY });
  async function* answers(): AsyncGenerator<string> {
    for await (const line of lines) {
      if (line.trim() === '') continue;
      const { text, failed } = answerLine(double, job.model, line);
      count(double, job, failed);
      yield `${text}\n`;
    }
  }
  try {
    await pipeline(answers, createWriteStream(output.path));
  } catch (error) {
    // The job stays in RUNNING until it expires; whoever waits for it can read here why.
    console.error(
      `gemini-double: ${job.name} can't be answered: ${error instanceof Error ? error.message : error}`,
    );
    return;
  }
  output.complete = true;
  job.output = `"responsesFile":${JSON.stringify(output.name)}`;
  job.readyAtMs = double.now();
}

function count({ stats }: Double, job: BatchJob, failed: boolean): void {
  stats.batchRow();
  job.rows += 1;
  if (failed) job.failedRows += 1;
}
