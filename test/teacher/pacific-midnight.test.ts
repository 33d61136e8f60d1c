import { describe, expect, it } from 'vitest';
import { nextPacificMidnight, pacificDay } from '../../packages/teacher/src/pacific-midnight.ts';

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

describe('pacificDay', () => {
  it.each([
    ['in winter', '2026-11-23T12:00:00Z', '2026-11-23T08:00:00.000Z', '2026-11-24T08:00:00.000Z'],
    ['just before its end', '2026-11-24T07:59:59Z', '2026-11-23T08:00:00.000Z', '2026-11-24T08:00:00.000Z'],
    ['at its beginning', '2026-11-24T08:00:00Z', '2026-11-24T08:00:00.000Z', '2026-11-25T08:00:00.000Z'],
    ['of 23 hours', '2026-03-08T23:00:00Z', '2026-03-08T08:00:00.000Z', '2026-03-09T07:00:00.000Z'],
    [
      'of 25 hours, at its end',
      '2026-11-02T07:30:00Z',
      '2026-11-01T07:00:00.000Z',
      '2026-11-02T08:00:00.000Z',
    ],
  ])('knows a day %s', (_when, now, startsAt, endsAt) => {
    const day = pacificDay(new Date(now));
    expect([day.startsAt.toISOString(), day.endsAt.toISOString()]).toEqual([startsAt, endsAt]);
    expect(pacificDay(day.startsAt).name).toBe(day.name);
    expect(pacificDay(day.endsAt).name).not.toBe(day.name);
  });
});
