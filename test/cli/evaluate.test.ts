import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Evaluation, evaluationSchema } from '../../packages/cli/src/evaluate/document.ts';
import { parseEvaluate } from '../../packages/cli/src/evaluate/evaluate-options.ts';
import { evaluateText } from '../../packages/cli/src/evaluate/evaluate-text.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

function checkpointFile(): string {
  const file = join(temporaryFolder(), 'scorer.safetensors');
  writeFileSync(file, '');
  return file;
}

describe('parseEvaluate', () => {
  it('takes the sample, five folds and no CSV unless something else is said', () => {
    const checkpoint = checkpointFile();
    expect(parseEvaluate({ checkpoint }, {})).toMatchObject({
      checkpoint,
      dataset: { reader: 'agiqa-3k' },
      trainPredictor: false,
      folds: 5,
      seed: 0,
      out: null,
    });
  });

  it('takes the folder of a pack or a fit for the checkpoint in it, and paths from where the user stands', () => {
    const checkpoint = checkpointFile();
    const folder = join(checkpoint, '..');
    const choice = parseEvaluate({ checkpoint: '.', out: 'p.csv' }, { INIT_CWD: folder });
    expect(choice).toMatchObject({ checkpoint, out: join(folder, 'p.csv') });
  });

  it.each([
    ['no checkpoint', { checkpoint: '/nowhere' }, /--checkpoint: there is no \/nowhere/],
    ['a folder without one', { checkpoint: '/' }, /--checkpoint: there is no \/scorer\.safetensors/],
    ['folds that nothing is trained on', { folds: '3' }, /--train-predictor: add it/],
    ['one fold', { trainPredictor: true, folds: '1' }, /--folds is a whole number from 2/],
    ['a dataset without its folder', { dataset: 'agiqa-3k' }, /--path DIR is missing/],
    ['a CSV in no folder', { out: '/nowhere/p.csv' }, /--out: there is no \/nowhere/],
  ])('refuses %s', (_case, flags, message) => {
    expect(() => parseEvaluate({ checkpoint: checkpointFile(), ...flags }, {})).toThrow(message);
  });
});

describe('evaluateText', () => {
  const figures = (srcc: number) => ({
    n: 40,
    srcc,
    plcc_raw: srcc,
    plcc_logistic5: srcc,
    krcc: srcc,
    rmse_raw: 0.5,
    reasons: {},
    intervals: { srcc: [srcc - 0.1, srcc + 0.1] },
    words: { accuracy: 0.6, rough_accuracy: 0.9 },
    within_generator: { srcc_mean: 0.3, srcc_worst: 0.1, n_settings: 4 },
  });
  const method = (name: string, protocol: string, n: number, srcc: number) => ({
    ...{ aspect: 'quality', method: name, protocol, n, figures: figures(srcc) },
    floor: { ...figures(0.4), reason: null },
    minus_floor: { srcc_difference: srcc - 0.4, interval: [0, 0.2], p: 0.04 },
    scale: { note: null },
  });
  const finding = (rows: number) => ({ rows, names: rows > 0 ? ['a.jpg'] : [] });
  const evaluation = (changes: Record<string, unknown> = {}, aspect: Record<string, unknown> = {}) =>
    evaluationSchema.parse({
      ...{ encoder: 'embedded', refit: null, protocol_note: null, folds: null, unreadable: [] },
      trained_on: { images: 80, image_prompts: 8, generators: ['sd1.5'] },
      aspects: [
        {
          ...{ aspect: 'quality', rated: 60, n: 40, difference: null, notes: [] },
          shared: { image_prompts: finding(19), images: finding(20), new_of_seen_generators: finding(4) },
          methods: [
            method('checkpoint', 'prompt-disjoint, a checkpoint', 40, 0.5),
            method('checkpoint, all rows', 'a checkpoint (prompts shared)', 60, 0.7),
          ],
          coverage: { expected: 0.9, found: 0.75, half_width: 1, n: 40 },
          ...aspect,
        },
      ],
      only_in_checkpoint: ['correspondence'],
      only_in_dataset: [],
      ...changes,
    });
  const text = (document: Evaluation) =>
    evaluateText({ evaluation: document, checkpoint: 'c', dataset: 'other', images: 60 }, { color: false });

  it('says above the table what was left out, and keeps figures on rows that were trained on apart', () => {
    const lines = text(evaluation()).split('\n');
    const protocol = lines.findIndex((line) => line.startsWith('Protocol:'));
    expect(lines[protocol]).toMatch(/40 of 60; 20 are left out: 19 share an image prompt, 20 the image/);
    expect(lines[protocol + 2]).toMatch(/^prompt-disjoint, a checkpoint +checkpoint +40 +0\.500/);
    expect(lines[protocol + 3]).toMatch(/^-+$/);
    expect(lines[protocol + 4]).toMatch(/^a checkpoint \(prompts shared\) +checkpoint, all rows +60 +0\.700/);
    expect(lines.filter((line) => line.includes('minus floor'))).toHaveLength(1);
    expect(lines.join('\n')).toContain('hold 75.0 % of 40 MOS');
    expect(lines).toContain('correspondence: the dataset has no ratings of it.');
  });

  it('shows the paired difference of a trained predictor and how it was trained', () => {
    const difference = {
      ...{ srcc_difference: 0.1, interval: [0.05, 0.15], p: 0.002 },
      ...{ plcc_difference: -0.01, plcc_interval: [-0.03, 0.01], plcc_p: 0.4 },
    };
    const said = text(evaluation({ folds: { count: 5, seed: 0 } }, { difference }));
    expect(said).toContain('SRCC +0.100 [0.050, 0.150], p 0.002; PLCC -0.010 [-0.030, 0.010], p 0.400');
    expect(said).toContain('heads trained on 4 of 5 folds by image prompt (seed 0)');
  });

  it('says so where nobody knows what was trained on, and where everything was', () => {
    const unknown = text(evaluation({ trained_on: null }, { shared: null, n: 60 }));
    expect(unknown).toContain('what it was trained on is not known.');
    expect(unknown).toContain("shared rows can't be looked for");
    const [, every] = evaluation().aspects[0]?.methods ?? [];
    const nothing = text(evaluation({}, { n: 0, methods: [every], notes: ['No figure counts.'] }));
    expect(nothing).toContain('No figure counts.');
    expect(nothing).toContain('checkpoint, all rows minus floor');
  });
});
