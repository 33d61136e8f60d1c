import type { PlannedBatch } from '@retort/store';
import { RUN_ID } from './filled-home.ts';

/** A batch of requests of the filled home, asked for the first time at 25 cents each. */
export function batchOf(keys: readonly string[], change: Partial<PlannedBatch> = {}): PlannedBatch {
  return {
    runId: RUN_ID,
    teacher: 'gemini-batch',
    model: 'gemini-test',
    displayName: `retort-${keys.join('-')}`,
    plannedAt: '2026-01-02T03:04:05.000Z',
    price: null,
    rows: keys.map((requestKey) => ({ requestKey, number: 1, worstCaseUsd: 0.25 })),
    ...change,
  };
}
