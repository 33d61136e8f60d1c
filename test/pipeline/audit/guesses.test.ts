import { describe, expect, it } from 'vitest';
import { guessAspect } from '../../../packages/pipeline/src/audit/guess-aspect.ts';
import { guessSplit } from '../../../packages/pipeline/src/audit/guess-split.ts';

describe('guessSplit', () => {
  it.each([
    ['train.json', 'train'],
    ['agiqa_training-v2.jsonl', 'train'],
    ['valid.json', 'val'],
    ['dev_set.json', 'val'],
    ['my-test.jsonl', 'test'],
    ['eval.json', 'test'],
    ['data.json', null],
    ['contest.json', null],
    ['train_test.json', null],
  ])('%s is %s', (name, split) => {
    expect(guessSplit(name)).toBe(split);
  });
});

describe('guessAspect', () => {
  const asked = (text: string, id: string | null = null) => ({ id, turns: [{ role: 'user', text }] });

  it('reads the id of ours first, then the words of the question', () => {
    expect(guessAspect(asked('Describe its quality.', 'agiqa-3k/correspondence/a.jpg'))).toBe(
      'correspondence',
    );
    expect(guessAspect(asked('<image>\nHow is the quality?'))).toBe('quality');
    expect(guessAspect(asked('Does it align with the prompt?'))).toBe('correspondence');
    expect(guessAspect(asked('How authentic is it?'))).toBe('authenticity');
  });

  it('does not guess from several aspects, none, or the image prompt', () => {
    expect(guessAspect(asked('Its quality and its authenticity?'))).toBeNull();
    expect(guessAspect(asked('What is it?'))).toBeNull();
    expect(
      guessAspect(asked('<image>\nImage prompt: a poster of high quality\nWhat do you see?')),
    ).toBeNull();
  });
});
