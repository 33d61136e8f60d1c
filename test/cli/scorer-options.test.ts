import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runIdOf } from '@retort/schema';
import { describe, expect, it } from 'vitest';
import { parseDistillOptions } from '../../packages/cli/src/distill-options.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { baseRevision, tunedStagesFile } from '../fixtures/tuned-stages-file.ts';

const planOf = (flags: Parameters<typeof parseDistillOptions>[0]) => parseDistillOptions(flags, {}).plan;

function jsonFile(text: string): string {
  const path = join(temporaryFolder(), 'config.json');
  writeFileSync(path, text);
  return path;
}

describe('the options of the scorer', () => {
  it('leave a run what it was where none, or the default, is given', () => {
    const plain = planOf({});
    for (const member of ['profile', 'scorerConfig', 'tunedStages', 'refit', 'protocol'])
      expect(plain).not.toHaveProperty(member);
    expect(planOf({ profile: 'fast', scorerConfig: jsonFile('{}') })).toEqual(plain);
  });

  it('make another run of each profile, config and refit', () => {
    const flags = [
      {},
      { profile: 'best' },
      { scorerConfig: jsonFile('{"num_seeds": 2}') },
      { scorerConfig: jsonFile('{"num_seeds": 3}') },
      { tunedStages: tunedStagesFile('00ff') },
      { tunedStages: tunedStagesFile('11ff') },
      { refit: 'all' },
      { protocol: 'legacy' },
    ];
    expect(new Set(flags.map(planOf).map(runIdOf)).size).toBe(flags.length);
  });

  it('take a config by what it says, wherever the file lies', () => {
    const [one, other] = ['{"mixup": 0, "heads": ["ridge"]}', '{"heads":["ridge"],"mixup":0}'].map((text) =>
      planOf({ scorerConfig: jsonFile(text) }),
    );
    expect(one?.scorerConfig).toEqual({ mixup: 0, heads: ['ridge'] });
    expect(one && other && runIdOf(one)).toBe(other && runIdOf(other));
  });

  it('take tuned stages by their weights, wherever the file lies', () => {
    const [one, other] = [tunedStagesFile('00ff'), tunedStagesFile('00ff')];
    expect(planOf({ tunedStages: one })).toEqual(planOf({ tunedStages: other }));
    expect(planOf({ tunedStages: one }).tunedStages).toBe(`${baseRevision()}.tuned-00ff`);
  });

  it.each([
    ['a profile that is none', () => ({ profile: 'better' }), /--profile is one of fast, best, not "better"/],
    ['a config that is not there', () => ({ scorerConfig: '/nowhere.json' }), /there is no \/nowhere\.json/],
    ['a config that is no JSON', () => ({ scorerConfig: jsonFile('seed: 1') }), /can't be read as JSON/],
    ['a config that is a list', () => ({ scorerConfig: jsonFile('[1]') }), /should hold a JSON object/],
    ['tuned stages that are not there', () => ({ tunedStages: '/nowhere' }), /there is no \/nowhere/],
    [
      'stages of another encoder than the profile’s',
      () => ({ profile: 'best', tunedStages: tunedStagesFile('00ff') }),
      /stages of the encoder embedded, --profile best reads embedded-best: leave --profile out/,
    ],
    ['a refit of something else', () => ({ refit: 'test' }), /--refit is one of all/],
    ['a protocol that is none', () => ({ protocol: 'paper' }), /--protocol is one of legacy/],
  ])('refuse %s', (_case, flags, message) => {
    expect(() => planOf(flags())).toThrow(message);
  });
});
