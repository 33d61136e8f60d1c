import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createBlobStore } from '@retort/images';
import { homePaths } from '@retort/pipeline';
import { storeFile } from '@retort/store';
import SqliteDatabase from 'better-sqlite3';
import { z } from 'zod';
import type { BaselineCall, BaselineTask } from './baselines/task.ts';
import type { Home } from './bed.ts';
import type { DoubleProcess } from './double-process.ts';

/** `undici-loop`: a prebuilt body sent again and again. `sdk-loop`: p-limit and Google's SDK, an image file read a call. */
export type BaselineName = 'undici-loop' | 'sdk-loop';

const resultSchema = z.object({
  answered: z.number(),
  seconds: z.number(),
  cpuSeconds: z.number(),
});

export interface BaselineRun {
  readonly answered: number;
  /** From the first call to the end of the last. */
  readonly seconds: number;
  readonly rowsPerSecond: number;
  /** User and system time of the process during `seconds`. */
  readonly cpuSeconds: number;
  readonly cpuPer1000Rows: number;
}

/** Asks the double the same questions as a run in `home` did, from a process of its own that does nothing else. */
export async function runBaseline(
  name: BaselineName,
  { home, double, concurrency }: { home: Home; double: DoubleProcess; concurrency: number },
): Promise<BaselineRun> {
  await double.reset();
  const task: BaselineTask = {
    baseUrl: double.baseUrl,
    model: MODEL,
    concurrency,
    maxOutputTokens: MAX_OUTPUT_TOKENS,
    calls: callsOf(home),
  };
  return runBaselineTask(name, task, join(home.dir, 'baseline-task.json'));
}

/** The same for a task of one's own, which is handed over in `file`. */
export async function runBaselineTask(
  name: BaselineName,
  task: BaselineTask,
  file: string,
): Promise<BaselineRun> {
  await writeFile(file, JSON.stringify(task));
  const script = join(import.meta.dirname, 'baselines', `${name}.ts`);
  const { stdout } = await promisify(execFile)(process.execPath, [script, file]);
  const { answered, seconds, cpuSeconds } = resultSchema.parse(JSON.parse(stdout));
  if (answered !== task.calls.length)
    throw new Error(`${name}: ${answered} of ${task.calls.length} answered`);
  const rowsPerSecond = answered / seconds;
  return { answered, seconds, rowsPerSecond, cpuSeconds, cpuPer1000Rows: (cpuSeconds / answered) * 1000 };
}

/** What `distill --teacher gemini` asks unless told otherwise. */
const MODEL = 'gemini-3.8-flash';
/** As the product's first attempts have it. */
const MAX_OUTPUT_TOKENS = 2048;

function callsOf(home: Home): BaselineCall[] {
  const blobs = createBlobStore(homePaths(home.dir).blobs);
  const db = new SqliteDatabase(storeFile(home.dir), { readonly: true });
  try {
    return db
      .prepare<[], { text: string; hash: string }>(
        'SELECT r.prompt_text AS text, i.blob_hash AS hash FROM requests r JOIN images i ON i.hash = r.image_hash',
      )
      .all()
      .map(({ text, hash }) => ({ text, imagePath: blobs.path(hash) }));
  } finally {
    db.close();
  }
}
