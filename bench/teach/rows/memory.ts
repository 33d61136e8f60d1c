import type { Finding } from '../../measurement.ts';
import { median } from '../../table.ts';
import type { Bed } from '../bed.ts';
import { startDouble } from '../double-process.ts';
import type { BenchRow } from '../row.ts';
import { describeRun, type ProductRun, runProduct, withHome } from '../run-product.ts';
import { ROLES } from '../watch-tree.ts';

const CONCURRENCY = 64;
const MEBIBYTE = 2 ** 20;

/** Peak of the resident memory of all processes of `distill` together, at 0 ms: the larger dataset ÷ the smaller. */
async function measure(bed: Bed): Promise<Finding> {
  const [small, large] = bed.sizes.memory;
  const double = await startDouble([]);
  const run = (images: number): Promise<ProductRun> =>
    withHome(
      bed,
      images,
      async (home) => {
        const product = await runProduct({ home, double, concurrency: CONCURRENCY });
        bed.log(describeRun(`distill, ${product.answered} rows, peak ${mebibytes(product)} MiB`, product));
        return product;
      },
      images,
    );
  try {
    const pairs: { few: ProductRun; many: ProductRun }[] = [];
    for (let repeat = 0; repeat < bed.sizes.repeats; repeat += 1) {
      pairs.push({ few: await run(small), many: await run(large) });
    }
    return {
      kind: 'measured',
      checks: [
        {
          what: memory.about,
          measured: median(pairs.map(({ few, many }) => many.peakRss.total / few.peakRss.total)),
          must: { atMost: 1.15 },
        },
      ],
      n: pairs.reduce((sum, { few, many }) => sum + few.answered + many.answered, 0),
      facts: Object.fromEntries([
        ...facts(
          'few',
          pairs.map(({ few }) => few),
        ),
        ...facts(
          'many',
          pairs.map(({ many }) => many),
        ),
      ]),
    };
  } finally {
    await double.stop();
  }
}

function mebibytes({ peakRss }: ProductRun): string {
  return (peakRss.total / MEBIBYTE).toFixed(0);
}

function facts(label: string, runs: readonly ProductRun[]): [string, number][] {
  const of = (pick: (run: ProductRun) => number): number => median(runs.map(pick)) / MEBIBYTE;
  return [
    [`peak_mib_${label}`, of(({ peakRss }) => peakRss.total)],
    ...ROLES.map((role): [string, number] => [
      `${role}_mib_${label}`,
      of(({ peakRss }) => peakRss.byRole[role]),
    ]),
  ];
}

export const memory: BenchRow = {
  name: 'memory',
  about: 'peak memory at 20,000 rows ÷ at 2,000 rows',
  run: measure,
};
