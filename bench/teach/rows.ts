import type { BenchRow } from './row.ts';
import { budget } from './rows/budget.ts';
import { cpu } from './rows/cpu.ts';
import { faults } from './rows/faults.ts';
import { distillKilled, queueWiped, workerKilled } from './rows/killed.ts';
import { knownLimit, knownLimitTwoWorkers } from './rows/known-limit.ts';
import { memory } from './rows/memory.ts';
import { queueMemory } from './rows/queue-memory.ts';
import { slowFsyncRow } from './rows/slow-fsync.ts';
import { instant64, latency64, latency256 } from './rows/throughput.ts';
import { unknownLimit, unknownLimitTwoWorkers } from './rows/unknown-limit.ts';

/** In the order of the table. */
export const TEACH_ROWS: readonly BenchRow[] = [
  latency64,
  latency256,
  instant64,
  cpu,
  knownLimit,
  unknownLimit,
  knownLimitTwoWorkers,
  unknownLimitTwoWorkers,
  workerKilled,
  distillKilled,
  queueWiped,
  faults,
  slowFsyncRow,
  budget,
  memory,
  queueMemory,
];
