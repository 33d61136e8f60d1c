import type { FinetuneResult } from '@retort/pipeline';
import { describe, expect, it } from 'vitest';
import { parseFinetune } from '../../packages/cli/src/finetune-options.ts';
import { finetuneText } from '../../packages/cli/src/finetune-text.ts';

describe('parseFinetune', () => {
  it('tunes the last stage with what suits it unless something else is said', () => {
    expect(parseFinetune({}, {})).toEqual({ stages: 1, epochs: null, learningRate: null, out: null });
  });

  it('hands on what is said, and a path from where the user stands', () => {
    const flags = { stages: '2', epochs: '4', learningRate: '5e-5', out: 'mine.safetensors' };
    expect(parseFinetune(flags, { INIT_CWD: '/home/me' })).toEqual({
      stages: 2,
      epochs: 4,
      learningRate: 5e-5,
      out: '/home/me/mine.safetensors',
    });
  });

  it.each([
    ['three stages', { stages: '3' }, /--stages is one of 1, 2/],
    ['no epoch', { epochs: '0' }, /--epochs is a whole number from 1/],
    ['a rate of nothing', { learningRate: '0' }, /--learning-rate is a number between 0 and 1/],
    ['a rate in words', { learningRate: 'slow' }, /--learning-rate is a number between 0 and 1/],
  ])('refuses %s', (_case, flags, message) => {
    expect(() => parseFinetune(flags, {})).toThrow(message);
  });
});

describe('finetuneText', () => {
  const line = (epoch: number, srcc: number | null) => ({
    epoch,
    aspects: { quality: { srcc, plcc: srcc } },
  });
  const result: FinetuneResult = {
    out: 'my stages.safetensors',
    reused: false,
    encoder_revision: 'a.tuned-b+c',
    stages: 2,
    epochs: 2,
    learning_rate: 0.0001,
    rows: { train: 60, val: 20 },
    best_epoch: 1,
    history: [line(0, 0.5), line(1, 0.75), line(2, null)],
  };

  it('shows figures on val before and after each epoch, which was kept, and how to go on', () => {
    const text = finetuneText(result, ['quality', 'correspondence'], false);
    const lines = text.split('\n').map((row) => row.trim().replace(/ {2,}/g, '|'));
    expect(lines[0]).toMatch(/^The last 2 stages of Lite2 tuned on 60 train rows at 0.0001; 20 val rows/);
    expect(lines.slice(1, 5)).toEqual([
      'epoch|quality SRCC/PLCC',
      'before|0.5000 / 0.5000',
      '1, kept|0.7500 / 0.7500',
      '2|– / –',
    ]);
    expect(lines.at(-1)).toBe("Fit with them: pnpm distill … --tuned-stages 'my stages.safetensors'");
  });
});
