import { z } from 'zod';
import type { BatchInput, BatchJob, BatchJobs } from './batch-jobs.ts';
import { MAX_ACTIVE_JOBS } from './batch-jobs.ts';
import type { Double } from './double.ts';
import type { FileStore } from './file-store.ts';
import { errorReply, invalidArgument, jsonReply, notFound, type Reply } from './google-errors.ts';
import { parseWithoutImages } from './read-request.ts';
import { modelNotFound } from './refuse.ts';

const rowSchema = z.object({ request: z.unknown().optional(), metadata: z.unknown().optional() });
const createSchema = z.object({
  batch: z.object({
    displayName: z.string().optional(),
    display_name: z.string().optional(),
    inputConfig: z
      .object({
        fileName: z.string().optional(),
        requests: z.object({ requests: z.array(rowSchema).min(1) }).optional(),
      })
      .optional(),
    input_config: z
      .object({
        file_name: z.string().optional(),
        requests: z.object({ requests: z.array(rowSchema).min(1) }).optional(),
      })
      .optional(),
  }),
});

/** `POST models/{model}:batchGenerateContent`. */
export function createBatch(
  double: Double,
  files: FileStore,
  jobs: BatchJobs,
  model: string,
  body: Buffer,
): Reply {
  if (!double.settings.models.includes(model)) return modelNotFound(model);
  const batch = createSchema.safeParse(readJson(body)).data?.batch;
  if (batch === undefined) return invalidArgument('Expected batch with inputConfig.');
  const requests = (batch.inputConfig ?? batch.input_config)?.requests?.requests;
  const fileName = batch.inputConfig?.fileName ?? batch.input_config?.file_name;
  const input = inputOf(files, requests, fileName);
  if (input === null)
    return invalidArgument(`There is no input: requests, or a file that exists (${fileName}).`);
  if (jobs.countActive() >= MAX_ACTIVE_JOBS) {
    return errorReply(429, 'RESOURCE_EXHAUSTED', `At most ${MAX_ACTIVE_JOBS} batch jobs run at once.`);
  }
  return operationReply(jobs, jobs.create(model, batch.displayName ?? batch.display_name ?? '', input));
}

function inputOf(
  files: FileStore,
  rows: readonly z.infer<typeof rowSchema>[] | undefined,
  fileName: string | undefined,
): BatchInput | null {
  if (rows !== undefined) return { kind: 'inline', rows };
  const file = fileName === undefined ? undefined : files.get(fileName);
  return file === undefined ? null : { kind: 'file', file };
}

/** Batches on a page of the listing, unless the caller wants fewer. */
const MAX_PAGE_SIZE = 100;

/** A page of `batches`, latest first; its token is where the next one starts. */
export function listBatches(jobs: BatchJobs, query: URLSearchParams): Reply {
  const size = Math.min(Number(query.get('pageSize') || MAX_PAGE_SIZE), MAX_PAGE_SIZE);
  const start = Number(query.get('pageToken') || 0);
  if (!(Number.isInteger(size) && size > 0 && Number.isInteger(start) && start >= 0)) {
    return invalidArgument('Invalid pageSize or pageToken.');
  }
  const all = jobs.list().toReversed();
  const operations = all.slice(start, start + size).map((job) => operationOf(jobs, job));
  const next = start + size < all.length ? `,"nextPageToken":"${start + size}"` : '';
  return rawJson(`{"operations":[${operations.join(',')}]${next}}`);
}

/** `batches/{id}`, `batches/{id}:cancel`. */
export function serveBatch(double: Double, jobs: BatchJobs, method: string, path: string): Reply {
  const [name = '', verb] = path.split(':');
  const job = jobs.get(name);
  if (job === undefined) return notFound(`There is no ${name}.`);
  if (verb === 'cancel' && method === 'POST') {
    job.cancelledAtMs ??= double.now();
    return jsonReply({});
  }
  if (verb !== undefined) return notFound(`There is no ${verb} of a batch.`);
  if (method !== 'DELETE') return operationReply(jobs, job);
  jobs.remove(name);
  return jsonReply({});
}

function operationReply(jobs: BatchJobs, job: BatchJob): Reply {
  return rawJson(operationOf(jobs, job));
}

function rawJson(body: string): Reply {
  return { ...jsonReply(null), body };
}

/** A long-running operation of GenerateContentBatch, as JSON text: answers go in as they are. */
function operationOf(jobs: BatchJobs, job: BatchJob): string {
  const { state, endedAtMs, share } = jobs.progressOf(job);
  const succeeded = state === 'BATCH_STATE_SUCCEEDED';
  const done = succeeded ? job.rows : Math.floor(share * job.rows);
  const failed = succeeded ? job.failedRows : 0;
  const at = (ms: number) => new Date(ms).toISOString();
  const metadata = {
    '@type': 'type.googleapis.com/google.ai.generativelanguage.v1main.GenerateContentBatch',
    name: job.name,
    model: `models/${job.model}`,
    displayName: job.displayName,
    state,
    createTime: at(job.createdAtMs),
    updateTime: at(endedAtMs ?? job.createdAtMs),
    ...(endedAtMs === null ? {} : { endTime: at(endedAtMs) }),
    batchStats: {
      requestCount: String(job.rows),
      successfulRequestCount: String(done - failed),
      failedRequestCount: String(failed),
      pendingRequestCount: String(job.rows - done),
    },
  };
  const output = succeeded && job.output !== null ? job.output : null;
  const head = `{"name":${JSON.stringify(job.name)},"metadata":${withMember(metadata, output && `"output":{${output}}`)}`;
  if (endedAtMs === null) return `${head},"done":false}`;
  const result = output === null ? `"error":${errorOf(state)}` : `"response":{${output}}`;
  return `${head},"done":true,${result}}`;
}

function withMember(object: object, member: string | null): string {
  const json = JSON.stringify(object);
  return member === null ? json : `${json.slice(0, -1)},${member}}`;
}

/** google.rpc.Status of a job without results: cancelled 1, deadline exceeded 4, internal 13. */
function errorOf(state: string): string {
  const codes: Readonly<Record<string, number>> = { BATCH_STATE_CANCELLED: 1, BATCH_STATE_EXPIRED: 4 };
  return JSON.stringify({ code: codes[state] ?? 13, message: `The batch ended in ${state}.` });
}

function readJson(body: Buffer): unknown {
  try {
    return parseWithoutImages(body);
  } catch {
    return null;
  }
}
