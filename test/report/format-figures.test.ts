import { describe, expect, it } from 'vitest';
import {
  formatCount,
  formatDifference,
  formatFixed,
  formatMetric,
  formatNoun,
  formatUsd,
} from '../../packages/report/src/format-figures.ts';
import { metric, noMetric } from './build-aspect-fit.ts';

describe('formatMetric', () => {
  it('shows three decimals and an interval of two', () => {
    expect(formatMetric({ value: 0.7124, low: 0.6051, high: 0.79, reason: null })).toBe('0.712 [0.61, 0.79]');
  });

  it('leaves out an interval that nobody computed', () => {
    expect(formatMetric({ ...metric(0.5), low: null, high: null })).toBe('0.500');
  });

  it('shows a dash where there is no value', () => {
    expect(formatMetric(noMetric('2 rows'))).toBe('—');
  });
});

describe('formatDifference', () => {
  it('shows the sign, and bounds as fine as the value', () => {
    const difference = { value: 0.0041, low: -0.0053, high: 0.0134, reason: null };
    expect(formatDifference(difference)).toBe('+0.004 [-0.005, 0.013]');
    expect(formatDifference({ value: -0.02, low: null, high: null, reason: null })).toBe('-0.020');
    expect(formatDifference(noMetric('2 rows'))).toBe('—');
  });
});

describe('formatFixed', () => {
  it('keeps the sign of a figure and drops it from a rounded zero', () => {
    expect(formatFixed(-0.0234, 3)).toBe('-0.023');
    expect(formatFixed(-0.0002, 3)).toBe('0.000');
  });
});

describe('formatUsd', () => {
  it('tells a free call from one of unknown price', () => {
    expect(formatUsd(0)).toBe('$0.00');
    expect(formatUsd(null)).toContain('unknown');
  });

  it('shows more decimals where cents would hide the sum', () => {
    expect(formatUsd(0.0123)).toBe('$0.0123');
    expect(formatUsd(12.3)).toBe('$12.30');
  });
});

describe('formatNoun', () => {
  it('agrees with its number and groups thousands', () => {
    expect(formatNoun(1, 'image')).toBe('1 image');
    expect(formatNoun(2385, 'image')).toBe('2,385 images');
    expect(formatCount(1_000_000)).toBe('1,000,000');
  });
});
