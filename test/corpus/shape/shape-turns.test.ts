import { describe, expect, it } from 'vitest';
import { evaluationRow } from '../../../packages/corpus/src/evaluation-row.ts';
import {
  assertTurnShape,
  shapeTurns,
  type TurnShape,
} from '../../../packages/corpus/src/shape/shape-turns.ts';
import { buildRow } from '../build-row.ts';

const rated = buildRow();
const unrated = buildRow({ turns: rated.turns.slice(0, 2), mos: null, wordLabel: null });
const wordOnly = evaluationRow(buildRow({ split: 'test', sawLabel: true })) ?? rated;
const DESCRIBED = ['<image>\nWhat do you see?', rated.turns[1]?.text];
const WORD_ASKED = ['<image>\nWhat do you see?\nWhich word?', 'fair'];
const ALL = rated.turns.map(({ text }) => text);
const OUT = 'left out';

/** Turn texts of the three kinds of row. */
function shaped(shape: TurnShape) {
  return [rated, unrated, wordOnly].map((row) => {
    const result = shapeTurns(row, shape);
    return 'reason' in result ? OUT : result.turns.map(({ text }) => text);
  });
}

describe('shapeTurns', () => {
  it.each<[string, TurnShape, unknown[]]>([
    ['nothing asked', { turns: null, words: null }, [ALL, DESCRIBED, WORD_ASKED]],
    ['four turns', { turns: 4, words: null }, [ALL, OUT, WORD_ASKED]],
    ['words', { turns: null, words: true }, [ALL, OUT, WORD_ASKED]],
    ['two turns', { turns: 2, words: null }, [DESCRIBED, DESCRIBED, WORD_ASKED]],
    ['two turns with words', { turns: 2, words: true }, [WORD_ASKED, OUT, WORD_ASKED]],
    ['two turns without words', { turns: 2, words: false }, [DESCRIBED, DESCRIBED, OUT]],
    ['no words', { turns: null, words: false }, [DESCRIBED, DESCRIBED, OUT]],
  ])('gives a rated, an unrated and a word-only row with %s', (_what, shape, expected) => {
    expect(shaped(shape)).toEqual(expected);
  });

  it('says why a row is left out', () => {
    expect(shapeTurns(unrated, { turns: 4, words: null })).toEqual({
      id: 'made-up/quality/glide_normal_001.jpg',
      reason: 'has no rating, so no word',
    });
  });
});

describe('assertTurnShape', () => {
  it('refuses four turns without a word', () => {
    expect(() => assertTurnShape({ turns: 4, words: false })).toThrow(/--turns 4 ends with the word/);
  });
});
