import {
  type AuditProgress,
  auditCorpus,
  auditFiles,
  buildRunCorpus,
  exportRunCorpus,
  fixCorpus,
} from '@retort/pipeline';
import { describe, expect, it } from 'vitest';
import { openBed, runToAnswers, samplePlan } from '../pipeline-bed.ts';
import { NO_FACTS } from './file-bed.ts';

/** Nobody counts tokens here. */
const UNCOUNTED = { tokenCounter: null, maxTokens: null };

describe('fixCorpus', () => {
  it('stores a repaired corpus beside the original, and finds nothing to do in it', async () => {
    const deps = openBed();
    const run = await runToAnswers(deps, samplePlan(12));
    const key = await buildRunCorpus(deps, run);
    expect((await fixCorpus(deps, key)).key).toBe(key);

    const rows = [...deps.store.corpora.rows(key)];
    const broken = rows.map((row, index) => {
      if (index !== 0) return row;
      return {
        ...row,
        turns: row.turns.map((turn, i) => (i === 1 ? { ...turn, text: `${turn.text}" }` } : turn)),
      };
    });
    const members = broken.map(({ split, ...conversation }) => {
      const named = deps.store.samples.named(conversation.dataset, conversation.sampleName);
      if (named === null) throw new Error(`no sample ${conversation.sampleName}`);
      return { conversationId: deps.store.conversations.save(named.sample.id, conversation), split };
    });
    const stored = deps.store.corpora.get(key);
    const planted = `sha256:${'a'.repeat(64)}`;
    deps.store.corpora.save({
      key: planted,
      manifest: stored?.manifest,
      audit: stored?.audit,
      rows: members,
    });

    const fixed = await fixCorpus(deps, planted);
    expect(fixed).toMatchObject({ key, repaired: { 'answer-debris': 1 }, dropped: {} });
    expect([...deps.store.corpora.rows(planted)]).toEqual(broken);
  });

  it('audits a stored corpus with every aspect of its samples and the pictures that are there', async () => {
    const deps = openBed();
    const run = await runToAnswers(deps, samplePlan(12));
    const key = await buildRunCorpus(deps, run);
    const told: AuditProgress[] = [];
    const { findings, rows } = await auditCorpus(deps, key, UNCOUNTED, {
      onProgress: (progress) => told.push(progress),
    });
    expect(rows).toBeGreaterThan(0);
    expect(told.at(-1)).toMatchObject({ rows, total: rows });
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  });
});

describe('auditFiles of an exported folder', () => {
  it('knows what rows.jsonl says: the same findings as of the stored corpus', async () => {
    const deps = openBed();
    const run = await runToAnswers(deps, samplePlan(12));
    const key = await buildRunCorpus(deps, run);
    const dir = await exportRunCorpus(deps, key);
    const stored = await auditCorpus(deps, key, UNCOUNTED, {});
    const report = await auditFiles([dir], NO_FACTS, { splitBy: 'image-prompt' }, {});
    expect(report.rows).toBe(stored.rows);
    expect(report.findings.map(({ code, rows }) => [code, rows])).toEqual(
      stored.findings.map(({ code, rows }) => [code, rows]),
    );
  });
});
