import { describe, expect, it } from 'vitest';
import { chooseEnding, FAULT_NAMES } from '../../../tools/gemini-double/faults.ts';
import { drawLatencyMs } from '../../../tools/gemini-double/latency.ts';
import { pick, randomOf } from '../../../tools/gemini-double/random.ts';

const DRAWS = 40_000;

describe('chooseEnding', () => {
  it('gives each fault its share of the line, and the rest the plain answer', () => {
    const rates = { malformed: 0.25, blocked: 0.25 };
    expect([0, 0.2499, 0.25, 0.4999, 0.5, 0.9999].map((draw) => chooseEnding(rates, draw))).toEqual([
      'malformed',
      'malformed',
      'blocked',
      'blocked',
      'plain',
      'plain',
    ]);
  });

  it.each(FAULT_NAMES)('can always be %s', (name) => {
    expect([0, 0.5, 0.999_999].map((draw) => chooseEnding({ [name]: 1 }, draw))).toEqual([name, name, name]);
  });

  it('meets the rates over many calls', () => {
    const endings = Array.from({ length: DRAWS }, (_, call) =>
      chooseEnding({ truncated: 0.03, unavailable: 0.1 }, randomOf(1, `request ${call}`, 1)()),
    );
    const share = (name: string) => endings.filter((ending) => ending === name).length / DRAWS;
    expect(Math.abs(share('truncated') - 0.03)).toBeLessThan(0.004);
    expect(Math.abs(share('unavailable') - 0.1)).toBeLessThan(0.006);
  });
});

describe('randomOf', () => {
  it('depends on seed, call and turn, and on nothing else', () => {
    const first = randomOf(7, 'a request', 1)();
    expect(randomOf(7, 'a request', 1)()).toBe(first);
    const others = [
      randomOf(8, 'a request', 1)(),
      randomOf(7, 'b request', 1)(),
      randomOf(7, 'a request', 2)(),
    ];
    expect(others).not.toContain(first);
  });
});

describe('pick', () => {
  it('takes each item about as often', () => {
    const random = randomOf(1, 'pick', 1);
    const picked = Array.from({ length: DRAWS }, () => pick(['a', 'b', 'c', 'd'], random));
    for (const item of ['a', 'b', 'c', 'd']) {
      const share = picked.filter((each) => each === item).length / DRAWS;
      expect(Math.abs(share - 0.25)).toBeLessThan(0.01);
    }
  });
});

describe('drawLatencyMs', () => {
  const draw = (medianMs: number, sigma: number) => {
    const random = randomOf(1, 'latency', 1);
    return Array.from({ length: DRAWS }, () => drawLatencyMs({ medianMs, sigma }, random)).sort(
      (one, other) => one - other,
    );
  };
  const quantile = (sorted: readonly number[], share: number) =>
    sorted[Math.floor(share * sorted.length)] ?? 0;

  it('has the quantiles of a log-normal distribution', () => {
    const sorted = draw(2_000, 0.5);
    // Quantiles of the standard normal distribution: 0, 1.645, 2.326, -1.645.
    expect(quantile(sorted, 0.5) / 2_000).toBeCloseTo(1, 1);
    expect(quantile(sorted, 0.95) / (2_000 * Math.exp(0.5 * 1.645))).toBeCloseTo(1, 1);
    expect(quantile(sorted, 0.99) / (2_000 * Math.exp(0.5 * 2.326))).toBeCloseTo(1, 1);
    expect(quantile(sorted, 0.05) / (2_000 * Math.exp(0.5 * -1.645))).toBeCloseTo(1, 1);
  });

  it('is always the median without a spread, and 0 without a median', () => {
    expect(new Set(draw(200, 0))).toEqual(new Set([200]));
    expect(new Set(draw(0, 0.5))).toEqual(new Set([0]));
  });
});
