import type { Finding } from '../../measurement.ts';
import { median } from '../../table.ts';
import type { Bed } from '../bed.ts';
import { type DoubleProcess, startDouble } from '../double-process.ts';
import type { BenchRow } from '../row.ts';
import { describeRun, type ProductRun, runProduct, withHome } from '../run-product.ts';
import { buildSlowFsync, type SlowFsync } from '../slow-fsync.ts';

const CONCURRENCY = 256;
const LATENCY_MS = 200;
const DELAY_MS = 10;

interface Pair {
  readonly slow: ProductRun;
  readonly plain: ProductRun;
  readonly slowSyncs: number;
}

async function measure(bed: Bed): Promise<Finding> {
  const slowFsync = await buildSlowFsync();
  if (slowFsync === null)
    return { kind: 'unavailable', reason: 'no C compiler (cc) for the preloaded delay' };
  const double = await startDouble(['--latency-ms', String(LATENCY_MS)]);
  try {
    const pairs: Pair[] = [];
    for (let repeat = 0; repeat < bed.sizes.repeats; repeat += 1) {
      pairs.push(await runPair(bed, double, slowFsync));
    }
    const syncs = pairs.map(({ slowSyncs }) => slowSyncs);
    // A preload that reaches nobody would measure nothing and pass.
    if (Math.min(...syncs) === 0) return { kind: 'failed', reason: 'the preloaded delay was never called' };
    return {
      kind: 'measured',
      checks: [
        {
          what: slowFsyncRow.about,
          measured: median(pairs.map(({ slow, plain }) => slow.rowsPerSecond / plain.rowsPerSecond)),
          must: { atLeast: 0.95 },
        },
      ],
      n: pairs.reduce((sum, { slow, plain }) => sum + slow.answered + plain.answered, 0),
      facts: {
        rows_per_second_slow: median(pairs.map(({ slow }) => slow.rowsPerSecond)),
        rows_per_second_plain: median(pairs.map(({ plain }) => plain.rowsPerSecond)),
        delayed_syncs: median(syncs),
      },
    };
  } finally {
    await slowFsync.remove();
    await double.stop();
  }
}

/** Both sides have the preload, so that the wait is the only difference. */
async function runPair(bed: Bed, double: DoubleProcess, slowFsync: SlowFsync): Promise<Pair> {
  const run = (delayMs: number): Promise<ProductRun> =>
    withHome(bed, bed.sizes.slowFsync, async (home) => {
      const env = await slowFsync.env(delayMs);
      const product = await runProduct({ home, double, concurrency: CONCURRENCY, env });
      bed.log(describeRun(`distill, syncs ${delayMs} ms slower`, product));
      return product;
    });
  const slow = await run(DELAY_MS);
  const slowSyncs = await slowFsync.count();
  return { slow, slowSyncs, plain: await run(0) };
}

export const slowFsyncRow: BenchRow = {
  name: 'slow-fsync',
  about: 'rows/s with an fsync of 10 ms, 200 ms, c256 ÷ without',
  run: measure,
};
