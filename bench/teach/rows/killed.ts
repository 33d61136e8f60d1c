import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { homePaths } from '@retort/pipeline';
import type { Check, Finding } from '../../measurement.ts';
import type { Bed, Home } from '../bed.ts';
import { type DistillProcess, expectEnd, startDistill } from '../distill-process.ts';
import { type DoubleProcess, type DoubleStats, startDouble } from '../double-process.ts';
import type { ProcessRole } from '../process-tree.ts';
import type { BenchRow } from '../row.ts';
import { teachArguments, withHome } from '../run-product.ts';
import { openStoreFigures } from '../store-figures.ts';
import { until } from '../wait.ts';

const CONCURRENCY = 64;
/** Of the calls: long enough that a kill finds many in flight. */
const LATENCY_MS = 200;

interface Disaster {
  readonly strike: (process: DistillProcess, home: Home) => Promise<void>;
  /** Whether `distill` itself is meant to end by it. */
  readonly ends: boolean;
  readonly check: (aftermath: Aftermath) => readonly Check[];
}

/** What a run with a disaster in its middle came to, after it was run again until nothing was left. */
interface Aftermath {
  readonly rows: number;
  readonly stats: DoubleStats;
  readonly inFlightAtStrike: number;
  readonly lost: number;
  readonly storedTwice: number;
}

function disasterRow(name: string, about: string, disaster: Disaster): BenchRow {
  return { name, about, run: (bed) => measure(bed, disaster) };
}

async function measure(bed: Bed, disaster: Disaster): Promise<Finding> {
  const double = await startDouble(['--latency-ms', String(LATENCY_MS)]);
  try {
    return await withHome(bed, bed.sizes.killed, async (home) => {
      const aftermath = await goThrough(home, double, disaster);
      const { rows, stats, inFlightAtStrike, lost, storedTwice } = aftermath;
      return {
        kind: 'measured',
        checks: [
          ...disaster.check(aftermath),
          { what: 'lost', measured: lost, must: { atMost: 0 } },
          { what: 'stored twice', measured: storedTwice, must: { atMost: 0 } },
        ],
        n: rows,
        facts: {
          calls: stats.calls,
          asked_twice: stats.calls - stats.distinct_requests,
          in_flight_when_it_happened: inFlightAtStrike,
          concurrency: CONCURRENCY,
        },
      };
    });
  } finally {
    await double.stop();
  }
}

async function goThrough(home: Home, double: DoubleProcess, disaster: Disaster): Promise<Aftermath> {
  const args = teachArguments(home, CONCURRENCY);
  const process = await startDistill(args, double.baseUrl);
  const figures = openStoreFigures(home.dir);
  try {
    const isHalfDone = (): boolean => {
      const { answered, pending } = figures.requests();
      return answered > 0 && answered >= pending;
    };
    await until(isHalfDone, 'half of it was answered', process.ended);
    const { in_flight: inFlightAtStrike } = await double.stats();
    await disaster.strike(process, home);
    if (disaster.ends) await process.ended;
    else await expectEnd(process);
    // Running it again is how one goes on, and does nothing where nothing is left.
    await expectEnd(await startDistill(args, double.baseUrl));
    const { answered, pending, deadLetters } = figures.requests();
    const rows = answered + pending + deadLetters;
    return {
      rows,
      stats: await double.stats(),
      inFlightAtStrike,
      lost: rows - answered,
      storedTwice: figures.storedTwice(),
    };
  } finally {
    figures.close();
  }
}

/** @throws when there is no such process: then the row would measure nothing */
function killRole(distill: DistillProcess, role: ProcessRole): void {
  const victims = distill.tree().filter((each) => each.role === role);
  if (victims.length === 0) throw new Error(`there is no ${role} to kill`);
  for (const { pid } of victims.slice(0, 1)) process.kill(pid, 'SIGKILL');
}

const callsPerRow = ({ stats, rows }: Aftermath): Check => ({
  what: 'calls ÷ rows',
  measured: stats.calls / rows,
  must: { atMost: 1 + CONCURRENCY / rows },
});

export const workerKilled = disasterRow(
  'worker-killed',
  'SIGKILL of a worker at 50 %, run again: calls ÷ rows',
  {
    strike: async (process) => killRole(process, 'worker'),
    ends: false,
    check: (aftermath) => [{ ...callsPerRow(aftermath), what: workerKilled.about }],
  },
);

export const distillKilled = disasterRow(
  'distill-killed',
  'SIGKILL of distill at 50 %, run again: calls ÷ rows',
  {
    strike: async (process) => process.kill('SIGKILL'),
    ends: true,
    check: (aftermath) => [{ ...callsPerRow(aftermath), what: distillKilled.about }],
  },
);

export const queueWiped = disasterRow(
  'queue-wiped',
  'queue server killed, its data wiped at 50 %: asked twice',
  {
    async strike(process, home) {
      // Wiped while it lives, so that the one started in its place can't find anything.
      const folder = homePaths(home.dir).queue;
      for (const name of await readdir(folder))
        await rm(join(folder, name), { recursive: true, force: true });
      killRole(process, 'queue-server');
    },
    ends: false,
    check: ({ stats }) => [
      {
        what: queueWiped.about,
        measured: stats.calls - stats.distinct_requests,
        must: { atMost: CONCURRENCY },
      },
    ],
  },
);
