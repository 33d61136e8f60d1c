import { describe, expect, it } from 'vitest';
import { type BatchCourse, batchProgressAt } from '../../../tools/gemini-double/batch-state.ts';

const TIMING = { batchWaitMs: 100, batchRunMs: 200, batchExpiryMs: 1_000, cancelMs: 50 };
const COURSE: BatchCourse = { createdAtMs: 0, cancelledAtMs: null, readyAtMs: 5, fails: false };

const stateAt = (nowMs: number, course: Partial<BatchCourse> = {}) =>
  batchProgressAt({ ...COURSE, ...course }, TIMING, nowMs);

describe('batchProgressAt', () => {
  it('waits, runs and succeeds', () => {
    expect(stateAt(99)).toEqual({ state: 'BATCH_STATE_PENDING', endedAtMs: null, share: 0 });
    expect(stateAt(150)).toEqual({ state: 'BATCH_STATE_RUNNING', endedAtMs: null, share: 0.25 });
    expect(stateAt(300)).toEqual({ state: 'BATCH_STATE_SUCCEEDED', endedAtMs: 300, share: 1 });
  });

  it('runs until every row is answered', () => {
    expect(stateAt(400, { readyAtMs: null }).state).toBe('BATCH_STATE_RUNNING');
    expect(stateAt(400, { readyAtMs: 350 })).toMatchObject({
      state: 'BATCH_STATE_SUCCEEDED',
      endedAtMs: 350,
    });
  });

  it('fails where it would have succeeded', () => {
    expect(stateAt(300, { fails: true })).toEqual({ state: 'BATCH_STATE_FAILED', endedAtMs: 300, share: 0 });
  });

  it('is cancelled a while after it was asked to', () => {
    expect(stateAt(149, { cancelledAtMs: 100 }).state).toBe('BATCH_STATE_RUNNING');
    expect(stateAt(150, { cancelledAtMs: 100 })).toMatchObject({
      state: 'BATCH_STATE_CANCELLED',
      endedAtMs: 150,
    });
  });

  it('succeeds though cancelled when it was nearly done', () => {
    expect(stateAt(400, { cancelledAtMs: 260 }).state).toBe('BATCH_STATE_SUCCEEDED');
  });

  it('expires when it is not done in time', () => {
    expect(stateAt(999, { readyAtMs: null }).state).toBe('BATCH_STATE_RUNNING');
    expect(stateAt(1_000, { readyAtMs: null })).toMatchObject({
      state: 'BATCH_STATE_EXPIRED',
      endedAtMs: 1_000,
    });
  });

  it('stays as it ended', () => {
    expect(stateAt(1e12, { cancelledAtMs: 5_000 }).state).toBe('BATCH_STATE_SUCCEEDED');
  });
});
