import { z } from 'zod';
import { BATCH_JOB_STATES, type BatchFailure, type BatchJob, type BatchJobState } from '../batch-teacher.ts';
import { classifyHttpError } from '../gemini/classify-http-error.ts';
import { readJson } from '../http/read-json.ts';
import { rpcErrorSchema, rpcResponse } from './rpc-response.ts';

const output = z
  .object({ responsesFile: z.string().nullish().catch(null) })
  .nullish()
  .catch(null);

/** A long-running operation about a GenerateContentBatch, of which only what we use is looked at. */
const operationSchema = z.object({
  name: z.string(),
  done: z.boolean().nullish().catch(null),
  metadata: z
    .object({
      state: z.string().nullish().catch(null),
      displayName: z.string().nullish().catch(null),
      output,
    })
    .nullish()
    .catch(null),
  response: output,
  error: rpcErrorSchema.nullish().catch(null),
});

const listSchema = z.object({
  operations: z.array(z.unknown()).nullish(),
  nextPageToken: z.string().nullish().catch(null),
});

/** One page of the listing of batches. */
export interface OperationPage {
  readonly jobs: readonly BatchJob[];
  /** Null on the last page. */
  readonly nextPageToken: string | null;
}

/** Null when the body isn't an operation about a batch. */
export function readOperation(body: string): BatchJob | null {
  return toJob(readJson(body));
}

/** Null when the body isn't a page of the listing. */
export function readOperations(body: string): OperationPage | null {
  const page = listSchema.safeParse(readJson(body)).data;
  if (page === undefined) return null;
  // An empty token is Google's for the last page.
  return {
    jobs: (page.operations ?? []).flatMap((value) => toJob(value) ?? []),
    nextPageToken: page.nextPageToken || null,
  };
}

function toJob(value: unknown): BatchJob | null {
  const parsed = operationSchema.safeParse(value);
  if (!parsed.success || !/^batches\/[^/]+$/.test(parsed.data.name)) return null;
  const { name, done, metadata, response, error } = parsed.data;
  const outputFile = metadata?.output?.responsesFile ?? response?.responsesFile ?? null;
  return {
    name,
    displayName: metadata?.displayName ?? null,
    state: stateOf(metadata?.state ?? '', done === true, outputFile !== null),
    outputFile,
    failure: error ? failureOf(error) : null,
  };
}

/** `BATCH_STATE_RUNNING`, and `JOB_STATE_RUNNING` as other surfaces of the API spell it. A state that is new to us isn't an end. */
function stateOf(state: string, done: boolean, hasOutput: boolean): BatchJobState {
  const known = BATCH_JOB_STATES.find(
    (name) => /^(?:BATCH|JOB)_STATE_(.*)$/.exec(state)?.[1] === name.toUpperCase(),
  );
  if (known !== undefined) return known;
  if (!done) return 'running';
  return hasOutput ? 'succeeded' : 'failed';
}

function failureOf(error: z.infer<typeof rpcErrorSchema>): BatchFailure {
  const { outcome, reason, retryAfterMs } = classifyHttpError(rpcResponse(error), new Date(0));
  return { outcome, reason: reason ?? outcome, retryAfterMs, maybeDone: false };
}
