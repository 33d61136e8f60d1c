import { describe, expect, it } from 'vitest';
import { pacificDayOf } from '../../../tools/gemini-double/pacific-day.ts';
import { createQuota, NO_LIMITS, type WindowKind } from '../../../tools/gemini-double/quota.ts';

const MINUTE = Date.parse('2026-11-23T12:00:00Z');
const MODEL = 'gemini-made-up';

function quotaOf(limits: Partial<typeof NO_LIMITS>, kind: WindowKind = 'fixed') {
  const quota = createQuota({ ...NO_LIMITS, ...limits }, kind);
  return {
    ...quota,
    limits: () => quota.limits,
    at: (seconds: number, tokens = 1, model = MODEL) => quota.admit(model, tokens, MINUTE + seconds * 1000),
  };
}

describe('createQuota', () => {
  it('lets in as many requests a minute as the limit, and says how long the rest of the minute is', () => {
    const { at } = quotaOf({ requestsPerMinute: 2 });
    expect([at(1), at(20)]).toEqual([{ admitted: true }, { admitted: true }]);
    expect(at(24.5)).toEqual({ admitted: false, violated: ['requestsPerMinute'], retryDelayMs: 35_500 });
    expect(at(59.999)).toMatchObject({ admitted: false, retryDelayMs: 1 });
    expect(at(60)).toEqual({ admitted: true });
  });

  it('counts no refused request', () => {
    const { at } = quotaOf({ inputTokensPerMinute: 10 });
    expect(at(0, 11).admitted).toBe(false);
    expect(at(1, 10).admitted).toBe(true);
  });

  it('counts any sixty seconds when it slides, and names the moment when there is room', () => {
    const { at } = quotaOf({ requestsPerMinute: 2 }, 'sliding');
    at(50);
    at(55);
    expect(at(70)).toEqual({ admitted: false, violated: ['requestsPerMinute'], retryDelayMs: 40_000 });
    expect(at(110).admitted).toBe(true);
    expect(at(114.999).admitted).toBe(false);
    expect(at(115).admitted).toBe(true);
  });

  it('waits in a sliding minute for as many tokens as the request takes', () => {
    const { at } = quotaOf({ inputTokensPerMinute: 100 }, 'sliding');
    at(0, 40);
    at(10, 40);
    expect(at(20, 30)).toMatchObject({ violated: ['inputTokensPerMinute'], retryDelayMs: 40_000 });
    expect(at(20, 70)).toMatchObject({ retryDelayMs: 50_000 });
  });

  it('names every limit that stands in the way', () => {
    const { at } = quotaOf({ requestsPerMinute: 1, inputTokensPerMinute: 5, requestsPerDay: 1 });
    at(0, 5);
    expect(at(1, 1)).toMatchObject({
      violated: ['requestsPerMinute', 'inputTokensPerMinute', 'requestsPerDay'],
    });
  });

  it('counts each model for itself', () => {
    const { at } = quotaOf({ requestsPerMinute: 1 });
    at(0);
    expect(at(1, 1, 'another').admitted).toBe(true);
  });

  it('holds a day until midnight in Los Angeles, with a short delay all the same', () => {
    const quota = createQuota({ ...NO_LIMITS, requestsPerDay: 1 }, 'fixed');
    const midnight = Date.parse('2026-11-24T08:00:00Z');
    expect(quota.admit(MODEL, 1, midnight - 12 * 3_600_000).admitted).toBe(true);
    expect(quota.admit(MODEL, 1, midnight - 1_000)).toEqual({
      admitted: false,
      violated: ['requestsPerDay'],
      retryDelayMs: 1_000,
    });
    expect(quota.admit(MODEL, 1, midnight).admitted).toBe(true);
  });

  it('takes a changed limit at once and keeps what was counted', () => {
    const { at, changeLimits, limits } = quotaOf({ requestsPerMinute: 3 });
    at(0);
    at(1);
    changeLimits({ requestsPerMinute: 1 });
    expect(at(2).admitted).toBe(false);
    changeLimits({ requestsPerMinute: 3 });
    expect([at(3).admitted, at(4).admitted]).toEqual([true, false]);
    expect(limits()).toEqual({ ...NO_LIMITS, requestsPerMinute: 3 });
  });

  it('never lets more in than a slow count of the same minute allows', () => {
    const { at } = quotaOf({ requestsPerMinute: 50 }, 'sliding');
    const admitted: number[] = [];
    for (let second = 0; second < 300; second += 0.25) {
      if (at(second).admitted) admitted.push(second);
    }
    const most = Math.max(
      ...admitted.map((start) => admitted.filter((each) => each >= start && each < start + 60).length),
    );
    expect(most).toBe(50);
    expect(admitted).toHaveLength(250);
  });
});

describe('pacificDayOf', () => {
  it('changes at 8:00 UTC in winter and 7:00 in summer', () => {
    expect(pacificDayOf(Date.parse('2026-11-24T07:59:59.999Z'))).toBe('2026-11-23');
    expect(pacificDayOf(Date.parse('2026-11-24T08:00:00Z'))).toBe('2026-11-24');
    expect(pacificDayOf(Date.parse('2026-07-01T06:59:59Z'))).toBe('2026-06-30');
    expect(pacificDayOf(Date.parse('2026-07-01T07:00:00Z'))).toBe('2026-07-01');
  });
});
