import type { CorpusRow } from '@retort/schema';
import { describe, expect, it } from 'vitest';
import { auditRowOf, repairRow } from '../../../packages/corpus/src/index.ts';
import { buildRow } from '../build-row.ts';
import { withDescription, withTurn } from './planted.ts';

const OPTIONS = {
  clean: (text: string) => (text.endsWith('" }') ? text.slice(0, -3) : null),
  dropMissingImages: true,
};
const repair = (change: (row: CorpusRow) => CorpusRow) => repairRow(auditRowOf(change(buildRow())), OPTIONS);

describe('repairRow', () => {
  it('leaves a sound row alone', () => {
    expect(repair((row) => row)).toEqual({ kind: 'same' });
  });

  it.each<[string, (row: CorpusRow) => CorpusRow, number, string]>([
    [
      'image-token-misplaced',
      withTurn(0, { text: 'What do you see?\n<image>' }),
      0,
      '<image>\nWhat do you see?',
    ],
    ['answer-debris', withDescription('It shows a cat." }'), 1, 'It shows a cat.'],
    ['label-mismatch', withTurn(3, { text: 'bad' }), 3, 'fair'],
  ])('mends %s, and has nothing to do the second time', (code, change, turn, text) => {
    const row = auditRowOf(change(buildRow()));
    const repaired = repairRow(row, OPTIONS);
    if (repaired.kind !== 'repaired') throw new Error(`${repaired.kind} instead of repaired`);
    expect(repaired.codes).toEqual([code]);
    expect(repaired.turns[turn]?.text).toBe(text);
    expect(repairRow({ ...row, turns: repaired.turns }, OPTIONS)).toEqual({ kind: 'same' });
  });

  it('takes text that saw the label out of test, and leaves question and word', () => {
    const repaired = repair((row) => ({ ...row, split: 'test', sawLabel: true }));
    expect(repaired).toMatchObject({ kind: 'repaired', codes: ['saw-label-in-evaluation'] });
    expect(repaired.kind === 'repaired' && repaired.turns).toEqual([
      { role: 'user', text: '<image>\nWhat do you see?\nWhich word?' },
      { role: 'assistant', text: 'fair' },
    ]);
  });

  it.each<[string, (row: CorpusRow) => CorpusRow]>([
    ['refusal', withDescription("I'm sorry, but I can't help with that.")],
    ['answer-debris', withDescription(' ')],
    [
      'saw-label-in-evaluation',
      (row) => ({
        ...row,
        split: 'val',
        sawLabel: true,
        mos: null,
        wordLabel: null,
        turns: row.turns.slice(0, 2),
      }),
    ],
  ])('leaves out a row for %s', (code, change) => {
    expect(repair(change)).toEqual({ kind: 'dropped', codes: [code] });
  });

  it('leaves out rows without an image only where images were looked for', () => {
    const row = { ...auditRowOf(buildRow()), imageProblem: 'a.jpg is gone' };
    expect(repairRow(row, OPTIONS)).toEqual({ kind: 'dropped', codes: ['missing-image'] });
    expect(repairRow(row, { ...OPTIONS, dropMissingImages: false })).toEqual({ kind: 'same' });
  });

  it('does not touch what it can not mend: two pictures, an unknown MOS, debris that the parser leaves', () => {
    expect(repair(withTurn(0, { text: 'a <image> b <image>' }))).toEqual({ kind: 'same' });
    expect(repair(withDescription('It breaks off in the'))).toEqual({ kind: 'same' });
    const unrated = { ...auditRowOf(buildRow()), ratings: {}, wordLabel: null };
    expect(repairRow(unrated, OPTIONS)).toEqual({ kind: 'same' });
  });
});
