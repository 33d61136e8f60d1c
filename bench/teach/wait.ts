import { setTimeout } from 'node:timers/promises';

const POLL_MS = 50;
/** Nothing that is waited for here takes longer on a machine that can be measured at all. */
const LIMIT_MS = 600_000;

/** Waits so many ms; not at all when that is past. */
export async function sleep(ms: number): Promise<void> {
  if (ms > 0) await setTimeout(ms);
}

/** Asks until `condition` holds. @throws when `ended` settles before, or after ten minutes */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  ended: Promise<unknown>,
): Promise<void> {
  let over = false;
  const stop = (): void => {
    over = true;
  };
  ended.then(stop, stop);
  const deadline = performance.now() + LIMIT_MS;
  while (!(await condition())) {
    if (over) throw new Error(`distill ended before ${what}`);
    if (performance.now() > deadline) throw new Error(`waited ${LIMIT_MS / 1000} s in vain until ${what}`);
    await setTimeout(POLL_MS);
  }
}
