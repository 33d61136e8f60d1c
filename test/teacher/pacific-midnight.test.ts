import { describe, expect, it } from 'vitest';
import { nextPacificMidnight } from '../../packages/teacher/src/pacific-midnight.ts';

describe('nextPacificMidnight', () => {
  it.each([
    ['in winter', '2026-11-23T12:00:00Z', '2026-11-24T08:00:00.000Z'],
    ['in summer', '2026-07-01T12:00:00Z', '2026-07-02T07:00:00.000Z'],
    ['just before it', '2026-11-24T07:59:59Z', '2026-11-24T08:00:00.000Z'],
    ['just at it', '2026-11-24T08:00:00Z', '2026-11-25T08:00:00.000Z'],
    ['on the day clocks go forward', '2026-03-08T09:00:00Z', '2026-03-09T07:00:00.000Z'],
    ['on the day clocks go back', '2026-11-01T08:00:00Z', '2026-11-02T08:00:00.000Z'],
    ['at the end of a year', '2026-12-31T20:00:00Z', '2027-01-01T08:00:00.000Z'],
  ])('knows it %s', (_when, now, expected) => {
    expect(nextPacificMidnight(new Date(now)).toISOString()).toBe(expected);
  });
});
