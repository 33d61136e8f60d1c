import { describe, expect, it } from 'vitest';
import { corpusRows, evaluationRow } from '../../packages/corpus/src/index.ts';
import { buildRow } from './build-row.ts';

async function collect<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const collected: Item[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

describe('evaluationRow', () => {
  it.each(['val', 'test'] as const)(
    'leaves question and word of a %s row whose text saw the label',
    (split) => {
      const row = evaluationRow(buildRow({ split, sawLabel: true }));
      expect(row?.turns).toEqual([
        { role: 'user', text: '<image>\nWhat do you see?\nWhich word?' },
        { role: 'assistant', text: 'fair' },
      ]);
    },
  );

  it('keeps blind text in evaluation and label-aware text in train', () => {
    const blind = buildRow({ split: 'test', sawLabel: false });
    const target = buildRow({ split: 'train', sawLabel: true });
    expect(evaluationRow(blind)).toBe(blind);
    expect(evaluationRow(target)).toBe(target);
  });

  it('changes nothing the second time', () => {
    const once = evaluationRow(buildRow({ split: 'test', sawLabel: true }));
    expect(once && evaluationRow(once)).toBe(once);
  });

  it('leaves nothing of an unrated row whose text saw a label', () => {
    const { turns } = buildRow();
    const row = buildRow({
      split: 'val',
      sawLabel: true,
      mos: null,
      wordLabel: null,
      turns: turns.slice(0, 2),
    });
    expect(evaluationRow(row)).toBeNull();
  });
});

describe('corpusRows', () => {
  it('gives every conversation the split of its sample and the form that goes with it', async () => {
    const conversations = [buildRow({ sawLabel: true }, 'a.jpg'), buildRow({ sawLabel: true }, 'b.jpg')];
    const splits = new Map([
      ['a.jpg', 'train'],
      ['b.jpg', 'test'],
    ] as const);
    const rows = await collect(corpusRows(conversations, splits));
    expect(rows.map((row) => [row.split, row.turns.length])).toEqual([
      ['train', 4],
      ['test', 2],
    ]);
  });

  it('refuses a conversation whose sample has no split', async () => {
    await expect(collect(corpusRows([buildRow()], new Map()))).rejects.toThrow(/no split/);
  });
});
