import { describe, expect, it } from 'vitest';
import { backoffMs } from '../../packages/teacher/src/backoff.ts';

describe('backoffMs', () => {
  it('waits no longer than the cap, however late the attempt', () => {
    expect(backoffMs(30, { baseMs: 500, capMs: 60_000 }, () => 1)).toBe(60_000);
  });

  it('may wait not at all: the jitter is full', () => {
    expect(backoffMs(5, { baseMs: 500, capMs: 60_000 }, () => 0)).toBe(0);
  });
});
