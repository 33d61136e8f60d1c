import type { CorpusRow, SplitBy, Turn } from '@retort/schema';
import { expect } from 'vitest';
import { auditRowOf, audit as auditRows, type Finding, rowId } from '../../../packages/corpus/src/index.ts';
import { buildRow } from '../build-row.ts';

/** MOS of the five words, so that no class is rare. */
const MOS = [0.5, 1.5, 2.5, 3.5, 4.5];
export const WORDS = ['bad', 'poor', 'fair', 'good', 'excellent'] as const;

/** A corpus with nothing wrong: 50 rows, ten a word, train, val and test. */
export function cleanRows(): CorpusRow[] {
  return Array.from({ length: 50 }, (_, i) => {
    const word = WORDS[i % 5] ?? 'bad';
    const row = buildRow(
      { mos: MOS[i % 5] ?? 0, wordLabel: word, split: i < 30 ? 'train' : i < 40 ? 'val' : 'test' },
      `${100 + i}.jpg`,
    );
    return { ...row, turns: [...row.turns.slice(0, 3), { role: 'assistant', text: word }] };
  });
}

/** The clean corpus with some rows changed; says which. */
export function planted(change: (row: CorpusRow) => CorpusRow, indexes: readonly number[] = [3, 17]) {
  const rows = cleanRows().map((row, i) => (indexes.includes(i) ? change(row) : row));
  return { rows, ids: indexes.map((i) => rowId(buildRow({}, `${100 + i}.jpg`))) };
}

export const withTurn = (index: number, change: Partial<Turn>) => (row: CorpusRow) => ({
  ...row,
  turns: row.turns.map((turn, i) => (i === index ? { ...turn, ...change } : turn)),
});
export const withDescription = (text: string) => withTurn(1, { text });

/** The audit of rows of ours. */
export function audit(
  rows: readonly CorpusRow[],
  context?: Parameters<typeof auditRows>[1],
  options?: Parameters<typeof auditRows>[2],
) {
  return auditRows(
    rows.map((row) => auditRowOf(row)),
    context,
    options,
  );
}

export async function find(code: string, rows: readonly CorpusRow[], splitBy: SplitBy | null = null) {
  return (await audit(rows, { splitBy })).findings.filter((finding) => finding.code === code);
}

export function only(findings: readonly Finding[]): Finding {
  expect(findings).toHaveLength(1);
  // The line above proves that there is one.
  return findings[0] as Finding;
}

/** The findings of one check in a report. */
export function auditOf(report: { findings: readonly Finding[] }, code: string): readonly Finding[] {
  return report.findings.filter((finding) => finding.code === code);
}
