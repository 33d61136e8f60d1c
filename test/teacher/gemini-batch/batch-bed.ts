import type { TeacherRequest } from '@retort/schema';
import {
  type BatchLine,
  type BatchReply,
  type BatchTeacher,
  type CollectedRow,
  createTeacher,
} from '@retort/teacher';
import { onTestFinished } from 'vitest';
import type { Settings } from '../../../tools/gemini-double/settings.ts';
import { type BatchDouble, startBatchDouble } from '../../fixtures/teacher/batch-double.ts';
import { teacherRequest } from '../../fixtures/teacher/teacher-request.ts';
import { temporaryFolder } from '../../fixtures/temporary-folder.ts';

export const BATCH_MODEL = 'gemini-3.8-flash';
/** No key of anybody: it only looks like one, and has what JSON and URLs spell differently. */
export const MADE_UP_KEY = 'AIzaMadeUp-0123456789+abc/def="x"';
export const SIGNAL = new AbortController().signal;

export interface BatchBed {
  readonly double: BatchDouble;
  readonly teacher: BatchTeacher;
}

/** A double and a teacher that asks it, both gone when the test is over. */
export async function batchBed(settings: Partial<Settings> = {}, timeoutMs = 20_000): Promise<BatchBed> {
  const double = await startBatchDouble(settings);
  onTestFinished(() => double.close());
  const { baseUrl } = double;
  const teacher = await createTeacher('gemini-batch', {
    apiKey: MADE_UP_KEY,
    model: BATCH_MODEL,
    baseUrl,
    timeoutMs,
  });
  return { double, teacher };
}

/** A line about an image of its own. */
export function line(key: string, change: Partial<TeacherRequest> = {}): BatchLine {
  const request = teacherRequest({ teacher: 'gemini-batch', model: BATCH_MODEL, ...change });
  return { key, request, readImage: async () => Buffer.from(`image of ${key}`) };
}

/** The value of a reply that must be one. */
export function unwrap<T>(reply: BatchReply<T>): T {
  if (!reply.ok) throw new Error(`${reply.failure.outcome}: ${reply.failure.reason}`);
  return reply.value;
}

export async function upload(
  teacher: BatchTeacher,
  lines: readonly BatchLine[],
): Promise<BatchReply<string>> {
  async function* all() {
    yield* lines;
  }
  const path = `${temporaryFolder()}/lines.jsonl`;
  return teacher.upload(all(), { path, displayName: 'a batch', signal: SIGNAL });
}

/** Uploads, starts, waits for the end. Returns the file of results. */
export async function runBatch({ double, teacher }: BatchBed, lines: readonly BatchLine[]): Promise<string> {
  const { name } = unwrap(await teacher.create(unwrap(await upload(teacher, lines)), 'a batch'));
  double.pass(10_000);
  for (;;) {
    const { outputFile } = unwrap(await teacher.poll(name, SIGNAL));
    if (outputFile !== null) return outputFile; // else its rows are still being answered
  }
}

export async function collectAll(teacher: BatchTeacher, file: string): Promise<CollectedRow[]> {
  return listOf(teacher.collect(file, () => ({ name: 'description', aspects: [] }), SIGNAL));
}

/** All that comes, in order. */
export async function listOf<T>(values: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const value of values) list.push(value);
  return list;
}
