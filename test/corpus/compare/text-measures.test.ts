import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sampleDataset } from '@retort/datasets';
import { describe, expect, it } from 'vitest';
import { statedLabel } from '../../../packages/corpus/src/compare/stated-label.ts';
import { isSameText, jaccard, rougeL } from '../../../packages/corpus/src/compare/text-agreement.ts';
import { countSentences, wordsOf } from '../../../packages/corpus/src/compare/tokenize.ts';

/** The sample's first quality answers, as Gemini 1.5 Pro gave them. */
function recordedAnswers(count: number): string[] {
  const path = sampleDataset().recordings ?? join('nowhere');
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, 50);
  const recordings = lines.map((line) => JSON.parse(line) as { aspect: string; response: string });
  return recordings.flatMap(({ aspect, response }) => (aspect === 'quality' ? response : [])).slice(0, count);
}

describe('rougeL', () => {
  it('is twice the common subsequence by both lengths', () => {
    // the cat _ on the/a mat: four words of six are in order.
    const [a, b] = ['the cat sat on the mat', 'the cat on a mat sat'].map(wordsOf);
    expect(rougeL(a ?? [], b ?? [])).toBeCloseTo(2 / 3, 12);
  });

  it('agrees with rouge-score 0.1.2 on recorded answers without apostrophes, at which that parts words', () => {
    const words = recordedAnswers(5).map(wordsOf);
    const scores = words.slice(1).map((later, index) => rougeL(words[index] ?? [], later));
    const reference = [0.32142857142857145, 0.5333333333333333, 0.23728813559322032, 0.25];
    for (const [index, score] of scores.entries()) expect(score).toBeCloseTo(reference[index] ?? 0, 12);
  });

  it('is 1 for the same words, 0 where none is shared or one is empty', () => {
    expect(rougeL(['a', 'b'], ['a', 'b'])).toBe(1);
    expect(rougeL(['a'], ['b'])).toBe(0);
    expect(rougeL([], ['b'])).toBe(0);
    expect(rougeL([], [])).toBe(1);
  });
});

describe('jaccard', () => {
  it('counts each word once', () => {
    expect(jaccard(['a', 'a', 'b'], ['b', 'c'])).toBeCloseTo(1 / 3, 12);
    expect(jaccard([], [])).toBe(1);
  });
});

describe('isSameText', () => {
  it('looks past white space and past nothing else', () => {
    expect(isSameText(' A  blur.\n', 'A blur.')).toBe(true);
    expect(isSameText('A blur.', 'a blur.')).toBe(false);
  });
});

describe('wordsOf', () => {
  it('keeps apostrophes inside and letters of every script', () => {
    expect(wordsOf("It's the dog’s—4 ÉTÉ, 犬!")).toEqual(["it's", 'the', 'dog’s', '4', 'été', '犬']);
  });
});

describe('countSentences', () => {
  it.each([
    ['', 0],
    [' \n', 0],
    ['One.', 1],
    ['A blur, 3.5 px wide. Is it sharp? No!', 3],
  ])('of "%s" is %d', (text, expected) => {
    expect(countSentences(text)).toBe(expected);
  });
});

describe('statedLabel', () => {
  it.each([
    ['The quality is Poor.', 'poor'],
    ['It is poor, very poor.', null],
    ['Neither good nor bad.', null],
    ['A goodish, badly lit picture.', null],
  ])('of "%s" is %s', (text, expected) => {
    expect(statedLabel(text)).toBe(expected);
  });
});
