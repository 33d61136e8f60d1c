import type { CorpusRow } from '@retort/schema';
import { describe, expect, it } from 'vitest';
import { auditRowOf } from '../../../packages/corpus/src/audit/audit-row.ts';
import { rowId } from '../../../packages/corpus/src/index.ts';
import { readAgiqaConversations, SAMPLE_DIR } from '../agiqa-rows.ts';
import { findIn } from './rated-rows.ts';

const idOf = (row: CorpusRow | undefined): string => (row === undefined ? '' : rowId(row));

describe('length-outlier', () => {
  const described = async (planted: ReadonlyMap<number, (text: string) => string>) => {
    const conversations = await readAgiqaConversations(SAMPLE_DIR);
    return conversations.map((conversation, index) => {
      const row = { ...conversation, split: 'train' as const };
      const change = planted.get(index);
      if (change === undefined) return row;
      return {
        ...row,
        turns: row.turns.map((turn, i) => (i === 1 ? { ...turn, text: change(turn.text) } : turn)),
      };
    });
  };

  it('finds none among the recorded answers', async () => {
    expect(
      await findIn(
        'length-outlier',
        (await described(new Map())).map((row) => auditRowOf(row)),
      ),
    ).toEqual([]);
  });

  it('finds exactly the rows that are far too short or long', async () => {
    const planted = new Map<number, (text: string) => string>([
      [5, () => 'The image is fair.'],
      [40, (text) => text.slice(0, 25)],
      [300, (text) => Array.from({ length: 6 }, () => text).join(' ')],
      [420, (text) => `${text} ${'It is blurred. '.repeat(200)}`],
      [500, () => 'Good.'],
    ]);
    const rows = await described(planted);
    const findings = await findIn(
      'length-outlier',
      rows.map((row) => auditRowOf(row)),
    );
    const listed = findings.flatMap(({ rows: ids }) => ids).toSorted();
    expect(listed).toEqual([...planted.keys()].map((i) => idOf(rows[i])).toSorted());
    expect(findings.every(({ severity }) => severity === 'warning')).toBe(true);
  });

  it('leaves empty descriptions to others', async () => {
    const rows = await described(new Map([[3, () => '  ']]));
    expect(
      await findIn(
        'length-outlier',
        rows.map((row) => auditRowOf(row)),
      ),
    ).toEqual([]);
  });
});
