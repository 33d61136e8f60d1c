import type { Finding } from '../../measurement.ts';
import { median } from '../../table.ts';
import { type BaselineRun, runBaseline } from '../baseline.ts';
import type { Bed } from '../bed.ts';
import { type DoubleProcess, startDouble } from '../double-process.ts';
import type { BenchRow } from '../row.ts';
import { describeRun, type ProductRun, runProduct, withHome } from '../run-product.ts';

interface ThroughputOptions {
  readonly latencyMs: number;
  readonly concurrency: number;
  readonly atLeast: number;
  readonly images: (bed: Bed) => number;
}

/** Rows a second of `distill` ÷ those of a bare undici loop, one after the other, so that both see the same machine. */
function throughputRow(name: string, about: string, options: ThroughputOptions): BenchRow {
  return { name, about, run: (bed) => measure(bed, about, options) };
}

async function measure(bed: Bed, what: string, options: ThroughputOptions): Promise<Finding> {
  const { latencyMs, concurrency, atLeast, images } = options;
  const double = await startDouble(['--latency-ms', String(latencyMs)]);
  try {
    const pairs: { product: ProductRun; loop: BaselineRun }[] = [];
    for (let repeat = 0; repeat < bed.sizes.repeats; repeat += 1) {
      pairs.push(await pair(bed, double, images(bed), concurrency));
    }
    return {
      kind: 'measured',
      checks: [
        {
          what,
          measured: median(pairs.map(({ product, loop }) => product.rowsPerSecond / loop.rowsPerSecond)),
          must: { atLeast },
        },
      ],
      n: pairs.reduce((sum, { product }) => sum + product.answered, 0),
      facts: {
        product_rows_per_second: median(pairs.map(({ product }) => product.rowsPerSecond)),
        loop_rows_per_second: median(pairs.map(({ loop }) => loop.rowsPerSecond)),
        product_cpu_seconds_per_1000_rows: median(pairs.map(({ product }) => product.cpuPer1000Rows)),
        loop_cpu_seconds_per_1000_rows: median(pairs.map(({ loop }) => loop.cpuPer1000Rows)),
        startup_seconds: median(pairs.map(({ product }) => product.startupSeconds)),
        most_in_flight: Math.max(...pairs.map(({ product }) => product.stats.most_in_flight)),
      },
    };
  } finally {
    await double.stop();
  }
}

function pair(bed: Bed, double: DoubleProcess, images: number, concurrency: number) {
  return withHome(bed, images, async (home) => {
    const product = await runProduct({ home, double, concurrency });
    bed.log(describeRun('distill', product));
    const loop = await runBaseline('undici-loop', { home, double, concurrency });
    bed.log(
      `undici loop: ${loop.rowsPerSecond.toFixed(1)} rows/s, CPU ms a row ${loop.cpuPer1000Rows.toFixed(2)}`,
    );
    return { product, loop };
  });
}

export const latency64 = throughputRow('latency-c64', 'rows/s at 200 ms, c64 ÷ bare undici loop', {
  latencyMs: 200,
  concurrency: 64,
  atLeast: 0.95,
  images: ({ sizes }) => sizes.latency64,
});

export const latency256 = throughputRow('latency-c256', 'rows/s at 200 ms, c256 ÷ bare undici loop', {
  latencyMs: 200,
  concurrency: 256,
  atLeast: 0.7,
  images: ({ sizes }) => sizes.latency256,
});

export const instant64 = throughputRow('instant-c64', 'rows/s at 0 ms, c64 ÷ bare undici loop', {
  latencyMs: 0,
  concurrency: 64,
  atLeast: 0.35,
  images: ({ sizes }) => sizes.instant,
});
