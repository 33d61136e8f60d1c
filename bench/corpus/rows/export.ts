import type { Check, Finding } from '../../measurement.ts';
import type { BenchRow } from '../../row.ts';
import { median } from '../../table.ts';
import type { CorpusBed } from '../bed.ts';
import { EXPORT, JSON_DUMP, JSON_DUMPS, runTask } from '../run-task.ts';
import { logLogSlope, medianFigures } from '../slope.ts';
import type { Figures } from '../tasks/task.ts';

const MIB = 2 ** 20;

interface Pairs {
  readonly product: readonly Figures[];
  readonly baseline: readonly Figures[];
}

/** Speed, growth and memory of an export beside a plain Python loop that writes the same rows. */
export const exportRow: BenchRow<CorpusBed> = {
  name: 'export',
  about: 'export for minicpm-v, --images path, against a json.dump loop',
  async run(bed): Promise<Finding> {
    const [smallRows, largeRows] = bed.sizes.rows;
    const [smallRepeats, largeRepeats] = bed.sizes.repeats;
    const small = await runPairs(bed, smallRows, smallRepeats);
    const large = await runPairs(bed, largeRows, largeRepeats);
    const dumps = await runTask(bed, JSON_DUMPS, smallRows);
    const [product, productLarge] = [medianFigures(small.product), medianFigures(large.product)];
    const [baseline, baselineLarge] = [medianFigures(small.baseline), medianFigures(large.baseline)];
    return {
      kind: 'measured',
      n: [...small.product, ...large.product].reduce((sum, { rows }) => sum + rows, 0),
      checks: [
        {
          what: `speed against json.dump, ${smallRows} rows`,
          measured: ratioOf(small),
          must: { atLeast: 3 },
        },
        {
          what: `speed against json.dump, ${largeRows} rows`,
          measured: ratioOf(large),
          must: { atLeast: 3 },
        },
        ...slopeChecks(logLogSlope(product, productLarge)),
        {
          what: 'peak memory, large against small',
          measured: productLarge.peak_bytes / product.peak_bytes,
          must: { atMost: 1.5 },
        },
      ],
      facts: {
        'rows/s': product.rows / product.seconds,
        'rows/s, large': productLarge.rows / productLarge.seconds,
        'json.dump rows/s': baseline.rows / baseline.seconds,
        'json.dump rows/s, large': baselineLarge.rows / baselineLarge.seconds,
        'json.dumps rows/s': dumps.rows / dumps.seconds,
        'of which making rows, us a row': (product.generate_seconds / product.rows) * 1e6,
        'and in Python, us a row': (baseline.generate_seconds / baseline.rows) * 1e6,
        'CPU ratio, large': baselineLarge.cpu_seconds / productLarge.cpu_seconds,
        'CPU, us a row, large': (productLarge.cpu_seconds / productLarge.rows) * 1e6,
        'CPU of json.dump, us a row, large': (baselineLarge.cpu_seconds / baselineLarge.rows) * 1e6,
        'peak MiB': product.peak_bytes / MIB,
        'peak MiB, large': productLarge.peak_bytes / MIB,
      },
    };
  },
};

async function runPairs(bed: CorpusBed, rows: number, repeats: number): Promise<Pairs> {
  const [product, baseline]: [Figures[], Figures[]] = [[], []];
  for (let pair = 0; pair < repeats; pair += 1) {
    product.push(await runTask(bed, EXPORT, rows));
    baseline.push(await runTask(bed, JSON_DUMP, rows));
  }
  return { product, baseline };
}

/** How many times as fast the product is: the median of the pairs. */
function ratioOf({ product, baseline }: Pairs): number {
  return median(product.map(({ seconds }, pair) => (baseline[pair]?.seconds ?? Number.NaN) / seconds));
}

/** A slope of 1.0 ± 0.1, as the two bounds it is. */
export function slopeChecks(slope: number): Check[] {
  return [
    { what: 'growth of time with rows (slope)', measured: slope, must: { atLeast: 0.9 } },
    { what: 'the same, upper bound', measured: slope, must: { atMost: 1.1 } },
  ];
}
