import { hash } from 'node:crypto';

/** Numbers evenly drawn from [0, 1). */
export type Random = () => number;

/**
 * Random numbers of one call: the same seed, call and turn give the same numbers, in whatever order calls arrive.
 *
 * @param call what is asked; equal calls are told apart by `turn`, counted from 1
 */
export function randomOf(seed: number, call: string, turn: number): Random {
  const start = hash('sha256', `${seed}\n${turn}\n${call}`, 'buffer');
  return mulberry32(start.readUInt32LE(0));
}

/** Tommy Ettinger's mulberry32 (public domain): 32 bits of state are plenty for the handful of draws a call takes. */
function mulberry32(start: number): Random {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One of `items`, each equally likely. */
export function pick<T>(items: readonly [T, ...T[]], random: Random): T {
  return items[Math.floor(random() * items.length)] ?? items[0];
}
