import type { BenchRow } from './row.ts';
import { cpu } from './rows/cpu.ts';
import { instant64, latency64, latency256 } from './rows/throughput.ts';

/** In the order of the table. */
export const TEACH_ROWS: readonly BenchRow[] = [latency64, latency256, instant64, cpu];
