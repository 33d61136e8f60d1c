import { readFileSync } from 'node:fs';

export interface BaselineCall {
  readonly text: string;
  readonly imagePath: string;
}

/** What a baseline is to do, as a JSON file named by its only argument. */
export interface BaselineTask {
  readonly baseUrl: string;
  readonly model: string;
  readonly concurrency: number;
  readonly maxOutputTokens: number;
  readonly calls: readonly BaselineCall[];
}

export function readTask(argv: readonly string[]): BaselineTask {
  return JSON.parse(readFileSync(argv[2] ?? '', 'utf8')) as BaselineTask; // runBaseline wrote it
}

/** Times `work` and prints the one JSON line that runBaseline reads. */
export async function timed(work: () => Promise<number>): Promise<void> {
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const answered = await work();
  const seconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  process.stdout.write(`${JSON.stringify({ answered, seconds, cpuSeconds: (user + system) / 1e6 })}\n`);
}
