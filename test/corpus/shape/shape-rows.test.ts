import type { CorpusRow } from '@retort/schema';
import { describe, expect, it } from 'vitest';
import { evaluationRow } from '../../../packages/corpus/src/evaluation-row.ts';
import { assertExportable } from '../../../packages/corpus/src/formats/row-rules.ts';
import { joinAspects } from '../../../packages/corpus/src/shape/join-aspects.ts';
import {
  assertShape,
  isWhole,
  shapeRow,
  WHOLE_CORPUS,
} from '../../../packages/corpus/src/shape/shape-rows.ts';
import { buildRow } from '../build-row.ts';

const BOTH = ['quality', 'correspondence'] as const;

function partner(change: Partial<CorpusRow> = {}): CorpusRow {
  const [question, , wordQuestion] = buildRow().turns;
  if (!question || !wordQuestion) throw new Error('the builder makes four turns');
  const turns = [
    { role: 'user' as const, text: '<image>\nDoes it match?' },
    { role: 'assistant' as const, text: 'A glass cat, as asked.' },
    wordQuestion,
    { role: 'assistant' as const, text: 'good' },
  ];
  return buildRow({ aspect: 'correspondence', wordLabel: 'good', turns, ...change });
}

describe('joinAspects', () => {
  it("asks for all, describes each under its name, and keeps the row's own word", () => {
    const joined = joinAspects(buildRow(), BOTH, () => partner());
    if ('reason' in joined) throw new Error(joined.reason);
    expect(joined.turns.map(({ text }) => text)).toEqual([
      '<image>\nWhat do you see?\nDoes it match?',
      'Quality:\nSharp contours and a calm background in glide_normal_001.jpg.\n\nCorrespondence:\nA glass cat, as asked.',
      'Which word?',
      'fair',
    ]);
    expect(() => assertExportable(joined)).not.toThrow();
  });

  it('keeps the order that was asked for, whichever aspect is rated', () => {
    const joined = joinAspects(partner(), BOTH, () => buildRow());
    if ('reason' in joined) throw new Error(joined.reason);
    expect(joined.turns[1]?.text).toMatch(/^Quality:[\s\S]*Correspondence:/);
    expect(joined.turns[3]?.text).toBe('good');
  });

  it('leaves out a sample that lacks an aspect, and rows of other aspects', () => {
    expect(joinAspects(buildRow(), BOTH, () => null)).toMatchObject({
      reason: expect.stringContaining('no correspondence row'),
    });
    const other = buildRow({ aspect: 'authenticity' });
    expect(joinAspects(other, BOTH, () => null)).toMatchObject({
      reason: expect.stringContaining('isn’t joined'),
    });
  });

  it('never brings a text that saw a label into val or test', () => {
    const blind = buildRow({ split: 'test' });
    const saw = partner({ split: 'test', sawLabel: true });
    for (const found of [saw, evaluationRow(saw) ?? saw])
      expect(joinAspects(blind, BOTH, () => found)).toMatchObject({
        reason: expect.stringContaining('saw the label'),
      });
    const wordOnly = evaluationRow(buildRow({ split: 'test', sawLabel: true })) ?? blind;
    expect(joinAspects(wordOnly, BOTH, () => saw)).toBe(wordOnly);
  });

  it('says that a person touched it when one wrote a part, or accepted all parts', () => {
    const markOf = (own: CorpusRow['review'], other: CorpusRow['review']) => {
      const marked = (row: CorpusRow, review: CorpusRow['review']) =>
        review === undefined ? row : { ...row, review };
      const joined = joinAspects(marked(buildRow(), own), BOTH, () => marked(partner(), other));
      return 'reason' in joined ? joined.reason : joined.review;
    };
    expect(markOf(undefined, 'edited')).toBe('edited');
    expect(markOf('accepted', 'edited')).toBe('edited');
    expect(markOf('accepted', 'accepted')).toBe('accepted');
    expect(markOf('accepted', undefined)).toBeUndefined();
  });

  it('marks a row of train whose partner saw the label', () => {
    expect(joinAspects(buildRow(), BOTH, () => partner({ sawLabel: true }))).toMatchObject({
      sawLabel: true,
    });
  });
});

describe('shapeRow', () => {
  const deps = {
    findPartner: () => null,
    counter: {
      name: 'ten a turn',
      exact: true,
      count: (row: { turns: readonly unknown[] }) => ({
        total: 10 * row.turns.length,
        image: 0,
        exact: true,
      }),
    },
  };

  it('passes over splits and aspects that nobody asked for', () => {
    expect(shapeRow(buildRow(), { ...WHOLE_CORPUS, splits: ['val', 'test'] }, deps)).toBeNull();
    expect(shapeRow(buildRow(), { ...WHOLE_CORPUS, aspects: ['correspondence'] }, deps)).toBeNull();
    expect(shapeRow(buildRow(), { ...WHOLE_CORPUS, splits: ['train'] }, deps)).toEqual(buildRow());
  });

  it('counts the tokens of the row as it is exported', () => {
    const shape = { ...WHOLE_CORPUS, maxTokens: 30 };
    expect(shapeRow(buildRow(), shape, deps)).toMatchObject({ reason: 'has 40 tokens, more than 30' });
    expect(shapeRow(buildRow(), { ...shape, turns: 2 }, deps)).toMatchObject({ turns: { length: 2 } });
  });
});

describe('assertShape', () => {
  it('refuses one aspect to join, and an aspect that is asked for and not joined', () => {
    expect(() => assertShape({ ...WHOLE_CORPUS, join: ['quality'] })).toThrow(/two aspects or more/);
    expect(() => assertShape({ ...WHOLE_CORPUS, join: BOTH, aspects: ['authenticity'] })).toThrow(
      /authenticity isn’t among/,
    );
    expect([isWhole(WHOLE_CORPUS), isWhole({ ...WHOLE_CORPUS, words: false })]).toEqual([true, false]);
  });
});
