import type { Figures } from './task.ts';

/** Time of making rows and of what is done with them, and the memory of this process. Prints the figures. */
export async function measure<Row>(
  makeRows: () => Iterable<Row>,
  work: (rows: Iterable<Row>) => Promise<void>,
): Promise<void> {
  const started = performance.now();
  let rows = 0;
  for (const _ of makeRows()) rows += 1;
  const generated = performance.now();
  const cpuBefore = process.cpuUsage();
  let passed = generated;
  await work(
    (function* () {
      yield* makeRows();
      passed = performance.now();
    })(),
  );
  const cpu = process.cpuUsage(cpuBefore);
  const figures: Figures = {
    rows,
    seconds: (performance.now() - generated) / 1000,
    pass_seconds: (passed - generated) / 1000,
    generate_seconds: (generated - started) / 1000,
    cpu_seconds: (cpu.user + cpu.system) / 1e6,
    peak_bytes: process.resourceUsage().maxRSS * 1024,
  };
  console.log(JSON.stringify(figures));
}
