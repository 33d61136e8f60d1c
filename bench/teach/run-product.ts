import type { Bed, Home } from './bed.ts';
import { expectEnd, startDistill } from './distill-process.ts';
import type { DoubleProcess, DoubleStats } from './double-process.ts';
import type { ProcessRole } from './process-tree.ts';
import { openStoreFigures } from './store-figures.ts';
import { total, watchTree } from './watch-tree.ts';

export interface ProductOptions {
  readonly home: Home;
  readonly double: DoubleProcess;
  readonly concurrency: number;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Exit codes that are an end as wanted. */
  readonly codes?: readonly number[];
}

export interface ProductRun {
  readonly answered: number;
  readonly attempts: number;
  /** From the start of the first call to the end of the last. */
  readonly seconds: number;
  readonly rowsPerSecond: number;
  /** From the start of the process to that of the first call. */
  readonly startupSeconds: number;
  /** CPU seconds of each process of `distill` during `seconds`. */
  readonly cpuSeconds: Readonly<Record<ProcessRole, number>>;
  readonly cpuPer1000Rows: number;
  readonly doubleCpuSeconds: number;
  readonly peakRss: { readonly total: number; readonly byRole: Readonly<Record<ProcessRole, number>> };
  readonly stats: DoubleStats;
}

/** `distill --until teach` from a prepared home to its end, as a process of its own, and what store, double and /proc say. */
export async function runProduct(options: ProductOptions): Promise<ProductRun> {
  const { home, double, concurrency, args = [], env = {}, codes = [0] } = options;
  await double.reset();
  const doubleCpuBefore = double.cpuSeconds();
  const startedMs = Date.now();
  const process = await startDistill(teachArguments(home, concurrency, args), double.baseUrl, env);
  const watch = watchTree(process.pid);
  try {
    await expectEnd(process, codes);
  } finally {
    watch.stop();
  }
  const stats = await double.stats();
  const figures = openStoreFigures(home.dir);
  try {
    const window = figures.window();
    if (window === null) throw new Error('distill ended well and stored no attempt');
    const seconds = (window.lastEndMs - window.firstStartMs) / 1000;
    const { answered } = figures.requests();
    const cpuSeconds = watch.cpuBetween(window.firstStartMs, window.lastEndMs);
    return {
      answered,
      attempts: figures.attempts(),
      seconds,
      rowsPerSecond: answered / seconds,
      startupSeconds: (window.firstStartMs - startedMs) / 1000,
      cpuSeconds,
      cpuPer1000Rows: (total(cpuSeconds) / answered) * 1000,
      doubleCpuSeconds: double.cpuSeconds() - doubleCpuBefore,
      peakRss: watch.peakRss(),
      stats,
    };
  } finally {
    figures.close();
  }
}

export function teachArguments(home: Home, concurrency: number, args: readonly string[] = []): string[] {
  return [...home.args, '--until', 'teach', '--concurrency', String(concurrency), ...args];
}

/** One line for the log: where the time of a run went. */
export function describeRun(label: string, run: ProductRun): string {
  const roles = Object.entries(run.cpuSeconds)
    .filter(([, seconds]) => seconds > 0)
    .map(([role, seconds]) => `${role} ${((seconds / run.answered) * 1000).toFixed(2)}`);
  return `${label}: ${run.rowsPerSecond.toFixed(1)} rows/s over ${run.seconds.toFixed(1)} s (start-up ${run.startupSeconds.toFixed(1)} s, most in flight ${run.stats.most_in_flight}), CPU ms a row: ${roles.join(', ')}, double ${((run.doubleCpuSeconds / run.answered) * 1000).toFixed(2)}`;
}

/** A fresh home for `work`, gone afterwards. */
export async function withHome<T>(
  bed: Bed,
  images: number,
  work: (home: Home) => Promise<T>,
  datasetImages?: number,
): Promise<T> {
  const home = await bed.newHome(images, datasetImages);
  try {
    return await work(home);
  } finally {
    await home.remove();
  }
}
