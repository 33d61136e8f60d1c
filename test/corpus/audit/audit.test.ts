import type { CorpusRow } from '@retort/schema';
import { describe, expect, it } from 'vitest';
import {
  AUDIT_CHECKS,
  assignSplits,
  auditJson,
  corpusRows,
  rowId,
} from '../../../packages/corpus/src/index.ts';
import { readAgiqaConversations, SAMPLE_DIR } from '../agiqa-rows.ts';
import { buildRows } from '../build-row.ts';
import { audit, auditOf, cleanRows, find, only, withDescription } from './planted.ts';

describe('audit', () => {
  it('finds nothing in a clean corpus', async () => {
    expect(await audit(cleanRows())).toEqual({ rows: 50, findings: [] });
  });

  it('lists each check once, under its own code', () => {
    const codes = AUDIT_CHECKS.map((check) => check.code);
    expect(new Set(codes).size).toBe(codes.length);
    expect(codes.every((code) => /^[a-z]+(-[a-z]+)*$/.test(code))).toBe(true);
  });

  it('puts errors before warnings before facts', async () => {
    const conversations = await readAgiqaConversations(SAMPLE_DIR);
    const { findings } = await audit(conversations.map((c) => ({ ...c, split: 'test' as const })));
    const severities = findings.map(({ severity }) => severity);
    expect(severities).toEqual(
      [...severities].sort((a, b) => 'ewi'.indexOf(a[0] ?? '') - 'ewi'.indexOf(b[0] ?? '')),
    );
    expect(severities[0]).toBe('error');
  });

  it('lists every row, or as many as were asked for and how many there are, also in JSON', async () => {
    const rows = buildRows(250).map(withDescription(''));
    expect(only(auditOf(await audit(rows), 'turn-order')).rows).toEqual(rows.map(rowId));
    const capped = await audit(rows, {}, { maxRows: 100 });
    const finding = only(auditOf(capped, 'turn-order'));
    expect(finding.rows).toHaveLength(100);
    expect(finding.rowCount).toBe(250);
    const json = auditJson({ rows: 250, findings: [finding] });
    expect(Object.keys(json.findings[0] ?? {})).toEqual([
      'code',
      'severity',
      'rows',
      'row_count',
      'evidence',
      'advice',
    ]);
  });
});

describe('audit of the sample, answers as they were recorded', () => {
  it('has no error once the split form is made, and measures what is there', async () => {
    const conversations = await readAgiqaConversations(SAMPLE_DIR);
    const samples = conversations.map((c) => ({ ...c, name: c.sampleName }));
    const rows: CorpusRow[] = [];
    const splits = assignSplits(samples, { by: 'image-prompt', seed: 1 });
    for await (const row of corpusRows(conversations, splits)) rows.push(row);
    const report = await audit(rows, { splitBy: 'image-prompt' });
    expect(report.rows).toBe(594);
    expect(report.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(
      only(auditOf(report, 'class-imbalance').filter(({ severity }) => severity === 'warning')).evidence,
    ).toContain('excellent 1');
    expect(auditOf(report, 'near-cut').map(({ rowCount }) => rowCount)).toEqual([105, 128]);
  });

  it('finds debris in the 54 raw answers with a backslash, a brace or a comma at the end, and in no other', async () => {
    const rows = (await readAgiqaConversations(SAMPLE_DIR)).map((c) => ({ ...c, split: 'train' as const }));
    const expected = rows.filter(({ turns }) => /[\\{}]|,$/.test(turns[1]?.text ?? '')).map(rowId);
    expect(only(await find('answer-debris', rows)).rows).toEqual(expected);
    expect(expected).toHaveLength(54);
    expect(await find('refusal', rows)).toEqual([]);
  });
});
