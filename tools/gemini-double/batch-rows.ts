import { answerCall, nameOfRequest } from './answer-call.ts';
import type { Double } from './double.ts';
import type { Reply } from './google-errors.ts';
import { parseWithoutImages, readRequest } from './read-request.ts';

/** One row of a job's output. */
export interface AnsweredRow {
  /** JSON, without the braces: `"response":{…}` or `"error":{…}`. */
  readonly members: string;
  readonly failed: boolean;
}

/** Codes of google.rpc.Code for what a call of its own would have got as an HTTP status. */
const RPC_CODES: Readonly<Record<number, number>> = {
  400: 3,
  401: 16,
  402: 8,
  403: 7,
  404: 5,
  413: 3,
  429: 8,
  500: 13,
  502: 14,
  503: 14,
  504: 4,
};
const INTERNAL = 13;
const INVALID_ARGUMENT = 3;

/** Answers one request of a batch, by the same rates of faults as a call of its own. What only a connection can do to an
 * answer (a reset, a drip) leaves a row as it is. */
export function answerRow(double: Double, model: string, requestValue: unknown): AnsweredRow {
  const read = readRequest(requestValue);
  if (!read.ok) return failedRow(INVALID_ARGUMENT, read.problem);
  const name = nameOfRequest(model, read.value);
  const { ending, reply } = answerCall(double, model, read.value, name);
  if (reply.status !== 200) return failedRow(RPC_CODES[reply.status] ?? INTERNAL, messageOf(reply));
  if (typeof reply.body !== 'string' || ending === 'html') return failedRow(INTERNAL, 'Internal error.');
  return { members: `"response":${reply.body}`, failed: false };
}

/** Answers one line `{"key","request"}` of a file with a line of the output. */
export function answerLine(double: Double, model: string, line: string): { text: string; failed: boolean } {
  const row = readLine(line);
  if (row === null) {
    const { members } = failedRow(INVALID_ARGUMENT, 'The line is no JSON object with key and request.');
    return { text: `{${members}}`, failed: true };
  }
  const { members, failed } = answerRow(double, model, row.request);
  const key = row.key === undefined ? '' : `"key":${JSON.stringify(row.key)},`;
  return { text: `{${key}${members}}`, failed };
}

function readLine(line: string): { key?: unknown; request?: unknown } | null {
  try {
    const value: unknown = parseWithoutImages(Buffer.from(line));
    return typeof value === 'object' && value !== null ? value : null;
  } catch {
    return null;
  }
}

function failedRow(code: number, message: string): AnsweredRow {
  return { members: `"error":${JSON.stringify({ code, message })}`, failed: true };
}

function messageOf({ body, status }: Reply): string {
  const found = /"message": ("(?:[^"\\]|\\.)*")/.exec(String(body))?.[1];
  return found === undefined ? `HTTP ${status}` : String(JSON.parse(found));
}
