import { describe, expect, it } from 'vitest';
import { parseDistillOptions } from '../../packages/cli/src/distill-options.ts';

const planOf = (flags: Parameters<typeof parseDistillOptions>[0]) =>
  parseDistillOptions({ teacher: 'gemini', ...flags }, {}).plan;

describe('--prompt', () => {
  it('is a form, whose newest version is used', () => {
    expect(planOf({ prompt: 'blind' })).toMatchObject({ promptForm: 'blind' });
    expect(planOf({})).toMatchObject({ promptForm: 'label-aware' });
    expect(planOf({})).not.toHaveProperty('promptVersion');
  });

  it('is a form with a version', () => {
    expect(planOf({ prompt: 'label-aware.v12' })).toMatchObject({
      promptForm: 'label-aware',
      promptVersion: 12,
    });
  });

  it.each(['blnd', 'blind.v0', 'blind.1', 'quality/blind.v1', '', 'blind-text'])('is not %j', (prompt) => {
    expect(() => planOf({ prompt })).toThrow(/--prompt is one of label-aware, blind.*blind\.v1/);
  });
});

describe('--combined', () => {
  it('is json unless it says text, and nothing where it is absent', () => {
    expect(planOf({ combined: true })).toMatchObject({ combined: 'json' });
    expect(planOf({ combined: 'text' })).toMatchObject({ combined: 'text' });
    expect(planOf({})).not.toHaveProperty('combined');
  });

  it('knows no other output, and no recorded answers', () => {
    expect(() => planOf({ combined: 'xml' })).toThrow(/--combined is one of json, text/);
    expect(() => planOf({ combined: true, teacher: 'replay' })).toThrow(/recorded answers/);
    expect(() => parseDistillOptions({ combined: true }, {})).toThrow(/--teacher gemini or openai/);
  });
});
