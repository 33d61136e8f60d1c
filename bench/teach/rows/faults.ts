import type { Finding } from '../../measurement.ts';
import type { Bed } from '../bed.ts';
import { startDouble } from '../double-process.ts';
import type { BenchRow } from '../row.ts';
import { describeRun, runProduct, withHome } from '../run-product.ts';
import { openStoreFigures } from '../store-figures.ts';

const CONCURRENCY = 64;
const RATE = 0.03;

/** Faults of the double, and the outcome that the product must store for each. */
const OUTCOME_OF: Readonly<Record<string, string>> = {
  plain: 'answered',
  malformed: 'malformed',
  truncated: 'truncated',
  'rate-limited': 'rate-limited',
  unavailable: 'unavailable',
  disconnect: 'network',
  blocked: 'blocked',
  invalid: 'invalid',
};

async function measure(bed: Bed): Promise<Finding> {
  const kinds = Object.keys(OUTCOME_OF).filter((name) => name !== 'plain');
  const double = await startDouble([
    ...['--latency-ms', '50', '--retry-delay-ms', '500'],
    ...kinds.flatMap((name) => ['--fault', `${name}=${RATE}`]),
  ]);
  try {
    return await withHome(bed, bed.sizes.faults, async (home) => {
      const run = await runProduct({ home, double, concurrency: CONCURRENCY });
      bed.log(describeRun('distill', run));
      const figures = openStoreFigures(home.dir);
      try {
        const { pending, answered, deadLetters } = figures.requests();
        const stored = figures.outcomes();
        const given = Object.entries(run.stats.by_outcome);
        const misread = given.map(([fault, n]) => Math.abs(n - (stored[OUTCOME_OF[fault] ?? fault] ?? 0)));
        const endings = figures.deadLetterOutcomes();
        const wrong = Object.entries(endings).filter(([name]) => !GIVEN_UP.has(name));
        return {
          kind: 'measured',
          checks: [
            {
              what: faults.about,
              measured: run.stats.calls / (answered + deadLetters),
              must: { atMost: 1.25 },
            },
            { what: 'neither answered nor given up', measured: pending, must: { atMost: 0 } },
            {
              what: 'given up with a wrong reason or none',
              measured: sum(wrong.map(([, n]) => n)) + figures.deadLettersWithoutReason(),
              must: { atMost: 0 },
            },
            { what: 'calls stored with another outcome', measured: sum(misread), must: { atMost: 0 } },
          ],
          n: answered,
          facts: {
            answered,
            given_up: deadLetters,
            given_up_by_outcome: JSON.stringify(endings),
            stored: JSON.stringify(stored),
            given_by_the_double: JSON.stringify(run.stats.by_outcome),
          },
        };
      } finally {
        figures.close();
      }
    });
  } finally {
    await double.stop();
  }
}

/** Outcomes that may end a request: what the fault mix holds, but never an answer. */
const GIVEN_UP: ReadonlySet<string> = new Set(
  Object.values(OUTCOME_OF).filter((outcome) => outcome !== 'answered'),
);

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

export const faults: BenchRow = {
  name: 'faults',
  about: '3 % of each of 7 faults: calls ÷ rows',
  run: measure,
};
