import type { Finding } from '../../measurement.ts';
import { median } from '../../table.ts';
import { runBaseline } from '../baseline.ts';
import type { Bed } from '../bed.ts';
import { startDouble } from '../double-process.ts';
import type { BenchRow } from '../row.ts';
import { describeRun, runProduct, withHome } from '../run-product.ts';

const CONCURRENCY = 64;

/**
 * CPU of all processes of `distill`, from its first call to its last, ÷ that of p-limit and the SDK over the same calls, at
 * 200 ms. Start-up is in neither.
 */
async function measure(bed: Bed): Promise<Finding> {
  const double = await startDouble(['--latency-ms', '200']);
  try {
    const pairs: { product: number; sdk: number }[] = [];
    let n = 0;
    for (let repeat = 0; repeat < bed.sizes.repeats; repeat += 1) {
      await withHome(bed, bed.sizes.latency64, async (home) => {
        const run = await runProduct({ home, double, concurrency: CONCURRENCY });
        bed.log(describeRun('distill', run));
        const sdk = await runBaseline('sdk-loop', { home, double, concurrency: CONCURRENCY });
        bed.log(
          `p-limit and SDK: ${sdk.rowsPerSecond.toFixed(1)} rows/s, CPU ms a row ${sdk.cpuPer1000Rows.toFixed(2)}`,
        );
        pairs.push({ product: run.cpuPer1000Rows, sdk: sdk.cpuPer1000Rows });
        n += run.answered;
      });
    }
    return {
      kind: 'measured',
      checks: [
        {
          what: cpu.about,
          measured: median(pairs.map(({ product, sdk }) => product / sdk)),
          must: { atMost: 1.5 },
        },
      ],
      n,
      facts: {
        product_cpu_seconds_per_1000_rows: median(pairs.map(({ product }) => product)),
        sdk_cpu_seconds_per_1000_rows: median(pairs.map(({ sdk }) => sdk)),
      },
    };
  } finally {
    await double.stop();
  }
}

export const cpu: BenchRow = {
  name: 'cpu',
  about: 'CPU s per 1,000 rows, 200 ms, c64 ÷ p-limit + SDK',
  run: measure,
};
