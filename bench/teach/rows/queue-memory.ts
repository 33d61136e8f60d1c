import { homePaths } from '@retort/pipeline';
import { redisOptions, socketPathFor } from '@retort/queue';
import { Redis } from 'ioredis';
import type { Finding } from '../../measurement.ts';
import type { Bed } from '../bed.ts';
import { expectEnd, startDistill } from '../distill-process.ts';
import { startDouble } from '../double-process.ts';
import { planManyRequests } from '../plan-many-requests.ts';
import { memoryOf } from '../process-tree.ts';
import type { BenchRow } from '../row.ts';
import { teachArguments, withHome } from '../run-product.ts';
import { sleep, until } from '../wait.ts';

const CONCURRENCY = 256;
/** A few images whose answers come at once; the planned rows share their blobs. */
const IMAGES = 10;
/** Longer than the row takes: the window fills and stays full. */
const SLOW_MS = 3_600_000;
/** Calls that are let go while none was answered yet: the limiter's first guess. The queue's window is full before. */
const LET_GO = 32;
const MEBIBYTE = 2 ** 20;
const MOST_MIB = 64;

/** So many pending rows in the store, a teacher that doesn't answer, and what the queue server then holds. */
async function measure(bed: Bed): Promise<Finding> {
  return withHome(bed, IMAGES, async (home) => {
    const quick = await startDouble([]);
    const args = teachArguments(home, CONCURRENCY);
    await expectEnd(await startDistill(args, quick.baseUrl)).finally(() => quick.stop());
    const { plannedRows, fullWindowMs } = bed.sizes;
    const seconds = planManyRequests(home.dir, plannedRows);
    bed.log(`planned ${plannedRows} rows in ${seconds.toFixed(0)} s`);
    const slow = await startDouble(['--latency-ms', String(SLOW_MS)]);
    const startedAt = performance.now();
    const distill = await startDistill(args, slow.baseUrl);
    try {
      const isFull = async (): Promise<boolean> => (await slow.stats()).in_flight >= LET_GO;
      await until(isFull, `${LET_GO} calls were in flight`, distill.ended);
      const fillSeconds = (performance.now() - startedAt) / 1000;
      await sleep(fullWindowMs);
      const server = distill.tree().find(({ role }) => role === 'queue-server');
      if (server === undefined) throw new Error('there is no queue server below distill');
      const peakMib = memoryOf(server.pid, 'VmHWM') / MEBIBYTE;
      const usedMib = (await usedMemoryPeak(homePaths(home.dir).queue)) / MEBIBYTE;
      return {
        kind: 'measured',
        checks: [
          { what: queueMemory.about, measured: Math.max(peakMib, usedMib), must: { atMost: MOST_MIB } },
        ],
        n: plannedRows,
        facts: { peak_rss_mib: peakMib, used_memory_peak_mib: usedMib, seconds_to_full_window: fillSeconds },
      };
    } finally {
      distill.kill('SIGKILL'); // its children die with it
      await distill.ended;
      await slow.stop();
    }
  });
}

async function usedMemoryPeak(queueDir: string): Promise<number> {
  const client = new Redis(redisOptions({ kind: 'socket', path: socketPathFor(queueDir) }));
  try {
    return Number(/^used_memory_peak:(\d+)/m.exec(await client.info('memory'))?.[1]);
  } finally {
    client.disconnect();
  }
}

export const queueMemory: BenchRow = {
  name: 'queue-memory',
  about: 'queue server memory at 1,000,000 planned rows, MiB',
  run: measure,
};
