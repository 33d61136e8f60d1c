import { findPrice } from '@retort/teacher';
import type { Finding } from '../../measurement.ts';
import type { Bed } from '../bed.ts';
import { expectEnd, startDistill } from '../distill-process.ts';
import { type DoubleProcess, type DoubleStats, startDouble } from '../double-process.ts';
import type { BenchRow } from '../row.ts';
import { runProduct, teachArguments, withHome } from '../run-product.ts';
import { openStoreFigures, type StoreFigures } from '../store-figures.ts';
import { until } from '../wait.ts';

const CONCURRENCY = 256;
const LATENCY_MS = 200;
/** Images of the run that only finds out what a row costs. */
const PILOT_IMAGES = 10;
const EXIT_LIMIT = 3;

/** A cap in the middle of the run: what was spent in the end, by the store and by the double's own count of tokens. */
async function measure(bed: Bed): Promise<Finding> {
  const double = await startDouble(['--latency-ms', String(LATENCY_MS)]);
  try {
    const capUsd = ((await costOfRow(bed, double)) * bed.sizes.budget * 3) / 2;
    return await withHome(bed, bed.sizes.budget, async (home) => {
      const figures = openStoreFigures(home.dir);
      try {
        await double.reset();
        const args = teachArguments(home, CONCURRENCY, ['--budget', String(capUsd)]);
        const process = await startDistill(args, double.baseUrl);
        const worstCaseUsd = await watchReservations(figures, process.ended);
        await expectEnd(process, [EXIT_LIMIT]);
        return findingOf({ figures, capUsd, worstCaseUsd, stats: await double.stats() });
      } finally {
        figures.close();
      }
    });
  } finally {
    await double.stop();
  }
}

interface Ledger {
  readonly figures: StoreFigures;
  readonly capUsd: number;
  /** Of one call. */
  readonly worstCaseUsd: number;
  readonly stats: DoubleStats;
}

function findingOf({ figures, capUsd, worstCaseUsd, stats }: Ledger): Finding {
  const spentUsd = figures.spentUsd();
  const billedUsd = priceOf(stats);
  const inFlightUsd = CONCURRENCY * worstCaseUsd;
  return {
    kind: 'measured',
    checks: [
      { what: budget.about, measured: spentUsd / capUsd, must: { atMost: 1 } },
      { what: "the same by the double's tokens", measured: billedUsd / capUsd, must: { atMost: 1 } },
      {
        what: 'the same, not less than the worst case in flight',
        measured: spentUsd / capUsd,
        must: { atLeast: 1 - inFlightUsd / capUsd },
      },
    ],
    n: figures.requests().answered,
    facts: {
      cap_usd: capUsd,
      spent_usd: spentUsd,
      billed_usd: billedUsd,
      worst_case_of_a_call_usd: worstCaseUsd.toFixed(5),
      worst_case_in_flight_usd: inFlightUsd,
    },
  };
}

async function costOfRow(bed: Bed, double: DoubleProcess): Promise<number> {
  return withHome(bed, Math.min(PILOT_IMAGES, bed.sizes.budget), async (home) => {
    const { stats, answered } = await runProduct({ home, double, concurrency: CONCURRENCY });
    return priceOf(stats) / answered;
  });
}

/** The most that one call was reserved for, USD; looked at until the run is over. */
async function watchReservations(figures: StoreFigures, ended: Promise<unknown>): Promise<number> {
  let worstUsd = 0;
  let over = false;
  const stop = (): void => {
    over = true;
  };
  ended.then(stop, stop);
  const look = (): boolean => {
    worstUsd = Math.max(worstUsd, figures.worstReservationUsd());
    return over;
  };
  await until(look, 'the budget was reached', new Promise(() => undefined));
  return worstUsd;
}

function priceOf(stats: DoubleStats): number {
  const price = findPrice({ teacher: 'gemini', model: 'gemini-3.8-flash' });
  if (price === null) throw new Error('the price of gemini-3.8-flash is no longer in the table');
  const { inputUsdPerMillion, outputUsdPerMillion } = price;
  return (stats.input_tokens * inputUsdPerMillion + stats.output_tokens * outputUsdPerMillion) / 1e6;
}

export const budget: BenchRow = {
  name: 'budget',
  about: 'spent ÷ cap, c256, cap in the middle',
  run: measure,
};
