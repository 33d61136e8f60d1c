import { canonicalJson } from '@retort/schema';
import { describe, expect, it } from 'vitest';
import { canonicalRow } from '../../packages/corpus/src/canonical-row.ts';
import { readAgiqaConversations, SAMPLE_DIR } from './agiqa-rows.ts';
import { buildRow } from './build-row.ts';

describe('canonicalRow', () => {
  it('gives every row of the sample the text that canonicalJson gives', async () => {
    for (const conversation of await readAgiqaConversations(SAMPLE_DIR)) {
      const row = { ...conversation, split: 'train' as const };
      expect(canonicalRow(row)).toBe(canonicalJson(row));
    }
  });

  it('depends on no order of members, in the row or in its turns', () => {
    const row = buildRow();
    const turns = row.turns.map(({ role, text }) => ({ text, role }));
    const shuffled = Object.assign(
      {},
      ...Object.entries({ ...row, turns })
        .reverse()
        .map(([k, v]) => ({ [k]: v })),
    );
    expect(canonicalRow(shuffled)).toBe(canonicalJson(row));
  });

  it('forgets no member that a row or a turn has besides', () => {
    const more = { ...buildRow(), seenBy: 'a person' };
    expect(canonicalRow(more)).toBe(canonicalJson(more));
    const row = buildRow();
    const moreInTurn = { ...row, turns: row.turns.map((turn) => ({ ...turn, edited: true })) };
    expect(canonicalRow(moreInTurn)).toBe(canonicalJson(moreInTurn));
  });
});
