import { z } from 'zod';
import { readJson } from '../http/read-json.ts';
import type { TeacherResponse } from '../http/teacher-response.ts';
import { rpcErrorSchema, rpcResponse } from './rpc-response.ts';
import type { StreamLine } from './split-lines.ts';

/** Bytes of a line of results that are read: as many as of an online answer. */
export const MAX_ROW_BYTES = 8 * 1024 * 1024;

export interface BatchRow {
  readonly key: string;
  /** What an online call with this end would have got. */
  readonly response: TeacherResponse;
}

const rowSchema = z.object({
  key: z.string(),
  response: z.unknown().optional(),
  error: rpcErrorSchema.nullish(),
});

/** A line of results; null when it isn't one: it has no key, or isn't JSON. */
export function readRow({ text, end }: StreamLine): BatchRow | null {
  if (end === 'too-long') return readLongRow(text);
  const row = rowSchema.safeParse(readJson(text)).data;
  if (row === undefined) return null;
  const { key, response, error } = row;
  if (error) return { key, response: rpcResponse(error) };
  const body = response === undefined ? '' : bodyOf(text, response);
  return { key, response: { kind: 'received', status: 200, headers: new Headers(), body } };
}

/** Its key stands in front of all that is too much. */
function readLongRow(text: string): BatchRow | null {
  const key = /^\s*\{\s*"key"\s*:\s*"([\w-]+)"/.exec(text)?.[1];
  if (key === undefined) return null;
  const cause = `a row of over ${MAX_ROW_BYTES} bytes`;
  return { key, response: { kind: 'broken', status: 200, cause, sent: true, partialBody: text } };
}

/** The response as it came, byte for byte where the line is written as usual. */
function bodyOf(line: string, response: unknown): string {
  const written = /^\s*\{\s*"key"\s*:\s*"[\w-]*"\s*,\s*"response"\s*:\s*(.*?)\s*\}\s*$/s.exec(line)?.[1];
  return written !== undefined && readJson(written) !== undefined ? written : JSON.stringify(response);
}
