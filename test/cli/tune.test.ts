import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TriedSetting } from '@retort/pipeline';
import { describe, expect, it } from 'vitest';
import { parseTune } from '../../packages/cli/src/tune-options.ts';
import { tuneText } from '../../packages/cli/src/tune-text.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

describe('parseTune', () => {
  it('draws settings on five folds unless something else is said', () => {
    expect(parseTune({}, {})).toEqual({
      profile: null,
      settings: null,
      folds: 5,
      trials: 20,
      seed: 0,
      out: null,
    });
  });

  it('hands on what a settings file says, and paths from where the user stands', () => {
    const file = join(temporaryFolder(), 'grid.json');
    writeFileSync(file, '{"mixup": [0, 1]}');
    const choice = parseTune({ settings: file, profile: 'best', out: 'tuned' }, { INIT_CWD: '/home/me' });
    expect(choice).toMatchObject({ settings: { mixup: [0, 1] }, profile: 'best', out: '/home/me/tuned' });
  });

  it.each([
    ['one fold', { folds: '1' }, /--folds is a whole number from 2/],
    ['no trials', { trials: '0' }, /--trials is a whole number from 1/],
    ['trials of settings that are given', { trials: '3', settings: 'grid.json' }, /--trials counts settings/],
    ['settings that are not there', { settings: '/nowhere.json' }, /there is no \/nowhere\.json/],
    ['a profile that is none', { profile: 'better' }, /--profile is one of fast, best/],
  ])('refuses %s', (_case, flags, message) => {
    expect(() => parseTune(flags, {})).toThrow(message);
  });
});

describe('tuneText', () => {
  const setting = (number: number, score: number | null): TriedSetting => ({
    number,
    changes: number === 1 ? {} : { mixup: number },
    score,
    aspects: { quality: { n: 44, heads: { scorer: { srcc: score, plcc: score } } } },
    seconds: 75,
  });
  const text = (scores: readonly (number | null)[], profile: string | null = null) =>
    tuneText(
      {
        tried: scores.map((score, place) => setting(place + 1, score)),
        aspects: ['quality'],
        folds: 5,
        triedFile: 'tried.jsonl',
        bestConfig: 'best.json',
        profile,
      },
      false,
    ).split('\n');

  it('says how many settings were tried, the best one first, those without figures last', () => {
    const lines = text([0.5, null, 0.75]);
    expect(lines[0]).toMatch(/^3 settings tried: 5 folds by image prompt, train rows alone/);
    expect(lines.slice(2, 5).map((line) => line.trim().replace(/ {2,}/g, '|'))).toEqual([
      '3|0.7500 / 0.7500|1 min 15 s|mixup 3',
      '1|0.5000 / 0.5000|1 min 15 s|the profile as it is',
      '2|– / –|1 min 15 s|mixup 2',
    ]);
  });

  it('shows the best twenty of many and still says how many there were', () => {
    const lines = text(Array.from({ length: 25 }, (_, place) => place / 100));
    expect(lines[0]).toMatch(/^25 settings tried, the best 20 shown/);
    expect(lines.filter((line) => line.includes('mixup'))).toHaveLength(20);
  });

  it('ends with the options that fit with the best one', () => {
    expect(text([0.5]).at(-1)).toContain('distill … --scorer-config best.json');
    expect(text([0.5], 'best').at(-1)).toContain('--profile best --scorer-config best.json');
  });
});
