import { describe, expect, it } from 'vitest';
import { parseCallLimits } from '../../packages/cli/src/call-limits.ts';
import { parseDistillOptions } from '../../packages/cli/src/distill-options.ts';

describe('parseCallLimits', () => {
  it.each(['gemini', 'openai'] as const)('takes what is known of %s', (teacher) => {
    const flags = { requestsPerMinute: '12', requestsPerDay: '1000' };
    expect(parseCallLimits(flags, 3, teacher)).toEqual({
      concurrency: 3,
      requestsPerMinute: 12,
      inputTokensPerMinute: null,
      requestsPerDay: 1000,
    });
  });

  it.each([
    ['--requests-per-minute', { requestsPerMinute: '12' }],
    ['--input-tokens-per-minute', { inputTokensPerMinute: '12' }],
    ['--requests-per-day', { requestsPerDay: '12' }],
  ])('refuses %s where it would be ignored', (flag, flags) => {
    const parse = (teacher: string) => () => parseDistillOptions({ teacher, ...flags }, {});
    expect(parse('gemini-batch')).toThrow(
      `${flag} goes with a teacher that is called online, not with gemini-batch: `,
    );
    expect(parse('replay')).toThrow(`${flag} goes with a teacher that is called online, not with replay: `);
    expect(parse('gemini')).not.toThrow();
  });

  it('leaves --workers and --concurrency to every teacher', () => {
    const options = parseDistillOptions({ teacher: 'gemini-batch', workers: '2', concurrency: '5' }, {});
    expect([options.workers, options.limits.concurrency]).toEqual([2, 5]);
  });
});
