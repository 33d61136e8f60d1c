import { describe, expect, it } from 'vitest';
import { createDistinctCounter } from '../../packages/corpus/src/distinct-counter.ts';

describe('createDistinctCounter', () => {
  it('counts each text once, however often and in whatever order it comes', () => {
    const counter = createDistinctCounter();
    for (let i = 0; i < 30_000; i += 1) counter.add(`image ${(i * 7919) % 10_000}`);
    expect(counter.count).toBe(10_000);
  });

  it('counts none before the first', () => {
    expect(createDistinctCounter().count).toBe(0);
  });
});
