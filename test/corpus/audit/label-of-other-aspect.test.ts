import { wordLabelOf } from '@retort/schema';
import { describe, expect, it } from 'vitest';
import { type AuditRow, audit, auditRowOf } from '../../../packages/corpus/src/index.ts';
import { readAgiqaConversations, SAMPLE_DIR } from '../agiqa-rows.ts';
import { auditOf, cleanRows, only } from './planted.ts';

/** Correspondence rows of the sample with both ratings, labelled by `word`. */
async function correspondenceRows(word: (row: AuditRow) => number): Promise<readonly AuditRow[]> {
  const conversations = await readAgiqaConversations(SAMPLE_DIR);
  const quality = new Map(
    conversations
      .filter(({ aspect }) => aspect === 'quality')
      .map(({ sampleName, mos }) => [sampleName, mos ?? 0]),
  );
  return conversations
    .filter(({ aspect }) => aspect === 'correspondence')
    .map((c) => {
      const row = auditRowOf({ ...c, split: 'train' }, { quality: quality.get(c.sampleName) ?? 0 });
      const label = wordLabelOf(word(row));
      return {
        ...row,
        wordLabel: null,
        turns: [...row.turns.slice(0, 3), { role: 'assistant', text: label }],
      };
    });
}

describe('label-of-other-aspect', () => {
  it('tells a corpus that carries the MOS of another aspect, row by row and as a whole', async () => {
    const rows = await correspondenceRows((row) => row.ratings.quality ?? 0);
    const expected = rows
      .filter(({ ratings }) => wordLabelOf(ratings.quality ?? 0) !== wordLabelOf(ratings.correspondence ?? 0))
      .map(({ id }) => id);
    const report = await audit(rows);
    const finding = only(auditOf(report, 'label-of-other-aspect'));
    expect(finding).toMatchObject({ severity: 'error', rows: expected });
    expect(finding.evidence).toContain('the correspondence corpus carries the MOS of quality');
    expect(only(auditOf(report, 'label-mismatch')).rows).toEqual(expected);
  });

  it('finds a single row of it, and claims nothing about the column', async () => {
    const rows = [...(await correspondenceRows((row) => row.ratings.correspondence ?? 0))];
    const index = rows.findIndex(
      ({ ratings }) => wordLabelOf(ratings.quality ?? 0) !== wordLabelOf(ratings.correspondence ?? 0),
    );
    const row = rows[index];
    if (row === undefined) throw new Error('no such row in the sample');
    const text = wordLabelOf(row.ratings.quality ?? 0);
    rows[index] = { ...row, turns: [...row.turns.slice(0, 3), { role: 'assistant', text }] };
    const finding = only(auditOf(await audit(rows), 'label-of-other-aspect'));
    expect(finding.rows).toEqual([row.id]);
    expect(finding.evidence).not.toContain('carries the MOS');
  });

  it('says nothing where ratings or aspects are unknown', async () => {
    const rows = cleanRows().map((row) => auditRowOf(row));
    for (const unknown of [{ ratings: {} }, { aspect: null }]) {
      const changed = rows.map((row) => ({ ...row, wordLabel: null, ...unknown }));
      const { findings } = await audit(changed);
      expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    }
  });
});
