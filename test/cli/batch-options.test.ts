import { describe, expect, it } from 'vitest';
import { parseBatchOptions } from '../../packages/cli/src/batch-options.ts';

describe('parseBatchOptions', () => {
  it('has defaults for any teacher', () => {
    expect(parseBatchOptions({ wait: true }, 'gemini')).toEqual({
      limits: { maxRows: 5000, maxBytes: 1e9 },
      maxBatches: 20,
      pollMs: 30_000,
      wait: true,
    });
  });

  it('takes limits, waits and --no-wait for the teacher that answers in batches', () => {
    const flags = { pollSeconds: '0.5', wait: false, batchRows: '10', batchMb: '2000', batches: '100' };
    expect(parseBatchOptions(flags, 'gemini-batch')).toEqual({
      limits: { maxRows: 10, maxBytes: 2e9 },
      maxBatches: 100,
      pollMs: 500,
      wait: false,
    });
  });

  it.each([
    [{ wait: false }, '--no-wait'],
    [{ pollSeconds: '5' }, '--poll-seconds'],
    [{ batchRows: '5' }, '--batch-rows'],
  ])('refuses %j with a teacher that is asked one by one', (flags, flag) => {
    expect(() => parseBatchOptions(flags, 'gemini')).toThrow(
      `${flag} goes with --teacher gemini-batch, not with gemini`,
    );
  });

  it.each([
    [{ pollSeconds: '0' }],
    [{ pollSeconds: 'soon' }],
    [{ batchMb: '2001' }],
    [{ batches: '101' }],
    [{ batchRows: '0' }],
  ])('refuses %j', (flags) => {
    expect(() => parseBatchOptions(flags, 'gemini-batch')).toThrow(/ is a (whole )?number .*, not "/);
  });
});
