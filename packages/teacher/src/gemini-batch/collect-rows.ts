import type { TeacherResult } from '@retort/schema';
import type { BatchFailure, CollectedRow, RowParser } from '../batch-teacher.ts';
import { classifyOutcome } from '../gemini/classify-outcome.ts';
import { GEMINI_API_VERSION } from '../gemini/gemini-address.ts';
import { captureResponse } from '../http/capture-response.ts';
import { networkCauseOf } from '../http/network-cause.ts';
import { removeKey } from '../http/secret-key.ts';
import type { TeacherResponse } from '../http/teacher-response.ts';
import { parseAnswer } from '../parse-answer.ts';
import type { BatchConnection } from './batch-service.ts';
import { classifyBatchCall } from './classify-batch-call.ts';
import { MAX_ROW_BYTES, readRow } from './read-row.ts';
import { splitLines } from './split-lines.ts';

/** Characters kept of a row that was too long. */
const MAX_PARTIAL_LENGTH = 64 * 1024;

export interface CollectDeps {
  readonly parserOf: (key: string) => RowParser | null;
  readonly now: () => Date;
  readonly signal: AbortSignal;
}

/**
 * Streams a file of results. Not through `@google/genai` 3.1.0: its download goes to a file, and never ends when the
 * connection breaks off.
 */
export async function* collectRows(
  connection: BatchConnection,
  outputFile: string,
  deps: CollectDeps,
): AsyncGenerator<CollectedRow> {
  const { apiKey } = connection;
  try {
    const response = await download(connection, outputFile, deps.signal);
    if (response.status !== 200 || response.body === null) {
      yield { kind: 'broken', failure: await refusalOf(response, apiKey, deps) };
      return;
    }
    for await (const line of splitLines(response.body, MAX_ROW_BYTES)) {
      const row = readRow({ ...line, text: removeKey(line.text, apiKey) });
      if (row === null && line.end === 'end-of-stream' && line.text.trim() !== '') {
        yield { kind: 'broken', failure: brokenOff('the results end in the middle of a row') };
        return;
      }
      const parser = row === null ? null : deps.parserOf(row.key);
      if (row === null || parser === null) continue;
      yield { kind: 'row', key: row.key, result: resultOf(row.response, parser, deps.now()) };
    }
  } catch (error) {
    deps.signal.throwIfAborted();
    yield { kind: 'broken', failure: brokenOff(removeKey(networkCauseOf(error).text, apiKey)) };
  }
}

function download(
  { apiKey, baseUrl }: BatchConnection,
  file: string,
  signal: AbortSignal,
): Promise<Response> {
  const url = `${baseUrl}/${GEMINI_API_VERSION}/${file}:download?alt=media`;
  // No deadline for the whole, which may be large: fetch's own ends a silence of five minutes.
  return fetch(url, { headers: { 'x-goog-api-key': apiKey }, signal, redirect: 'manual' });
}

async function refusalOf(response: Response, apiKey: string, { now }: CollectDeps): Promise<BatchFailure> {
  const captured = await captureResponse(async () => response);
  const clean =
    captured.kind === 'received' ? { ...captured, body: removeKey(captured.body, apiKey) } : captured;
  const reply = classifyBatchCall(clean, now(), () => null);
  if (reply.ok) throw new TypeError('a refusal is never read as a value');
  return reply.failure;
}

function resultOf(response: TeacherResponse, parser: RowParser, now: Date): TeacherResult {
  const classified = classifyOutcome(response, {
    now,
    parse: (answer) => parseAnswer(parser.name, answer, parser.aspects),
  });
  const partial = response.kind === 'broken' ? response.partialBody : null;
  return {
    ...classified,
    rawBody: response.kind === 'received' ? response.body : (partial?.slice(0, MAX_PARTIAL_LENGTH) ?? null),
    httpStatus: response.status,
    recordedAt: null,
  };
}

function brokenOff(reason: string): BatchFailure {
  return { outcome: 'network', reason, retryAfterMs: null, maybeDone: true };
}
