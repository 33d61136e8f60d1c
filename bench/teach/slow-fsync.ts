import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const SOURCE = join(import.meta.dirname, 'slow-fsync.c');
const COUNTER_BYTES = 8;

export interface SlowFsync {
  /** For a process whose syncs, and whose children's, shall be slow and counted. */
  env(delayMs: number): Promise<Record<string, string>>;
  /** Syncs since the latest `env`. */
  count(): Promise<number>;
  /** Deletes what was compiled. */
  remove(): Promise<void>;
}

/** Compiles the preload. Null where there is no C compiler, or no LD_PRELOAD (macOS). */
export async function buildSlowFsync(): Promise<SlowFsync | null> {
  if (process.platform !== 'linux') return null;
  // A folder of its own: LD_PRELOAD can't name a path with a space in it.
  const dir = await mkdtemp(join(tmpdir(), 'retort-slow-fsync-'));
  const library = join(dir, 'slow-fsync.so');
  const counter = join(dir, 'slow-fsync.count');
  const remove = (): Promise<void> => rm(dir, { recursive: true, force: true });
  try {
    await promisify(execFile)('cc', ['-shared', '-fPIC', '-O2', '-o', library, SOURCE, '-ldl']);
  } catch {
    await remove();
    return null;
  }
  return {
    async env(delayMs) {
      await writeFile(counter, Buffer.alloc(COUNTER_BYTES));
      return { LD_PRELOAD: library, SLOW_FSYNC_US: String(delayMs * 1000), SLOW_FSYNC_COUNT: counter };
    },
    count: async () => Number((await readFile(counter)).readBigUInt64LE()),
    remove,
  };
}
