import {
  type AuditProgress,
  auditCorpus,
  auditFiles,
  buildRunCorpus,
  exportRunCorpus,
  fixCorpus,
  loadCorpus,
  type PipelineDeps,
} from '@retort/pipeline';
import { type CorpusRow, FINGERPRINT } from '@retort/schema';
import { type CorpusMembership, storeFile } from '@retort/store';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../fixtures/temporary-folder.ts';
import { openBed, runToAnswers, samplePlan } from '../pipeline-bed.ts';
import { NO_FACTS } from './file-bed.ts';

/** Nobody counts tokens here. */
const UNCOUNTED = { tokenCounter: null, maxTokens: null };

function membersOf(deps: PipelineDeps, rows: readonly CorpusRow[]): CorpusMembership[] {
  return rows.map(({ split, ...conversation }) => {
    const named = deps.store.samples.named(conversation.dataset, conversation.sampleName);
    if (named === null) throw new Error(`no sample ${conversation.sampleName}`);
    return { conversationId: deps.store.conversations.save(named.sample.id, conversation), split };
  });
}

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
    const stored = deps.store.corpora.get(key);
    const planted = `sha256:${'a'.repeat(64)}`;
    deps.store.corpora.save({
      key: planted,
      manifest: stored?.manifest,
      audit: stored?.audit,
      rows: membersOf(deps, broken),
    });

    const fixed = await fixCorpus(deps, planted);
    expect(fixed).toMatchObject({ key, repaired: { 'answer-debris': 1 }, dropped: {} });
    expect([...deps.store.corpora.rows(planted)]).toEqual(broken);
  });

  it('keeps what people said of rows and of the split, but no acceptance of a text that changed', async () => {
    const deps = openBed();
    const run = await runToAnswers(deps, samplePlan(12));
    const key = await buildRunCorpus(deps, run);
    const marks = ['accepted', 'edited', 'accepted'] as const;
    const rows = [...deps.store.corpora.rows(key)].map((row, index) => {
      const review = marks[index];
      if (review === undefined) return row;
      const debris = index < 2 ? '" }' : '';
      const turns = row.turns.map((turn, i) => (i === 1 ? { ...turn, text: turn.text + debris } : turn));
      return { ...row, turns, review };
    });
    const leakage = ['The test is not one.'];
    const manifest = {
      ...loadCorpus(deps, key).manifest,
      leakage,
      review: { accepted: 2, edited: 1, rejected: 7 },
    };
    const planted = `sha256:${'b'.repeat(64)}`;
    deps.store.corpora.save({ key: planted, manifest, audit: {}, rows: membersOf(deps, rows) });

    const fixed = await fixCorpus(deps, planted);
    expect(fixed.repaired).toEqual({ 'answer-debris': 2 });
    expect(loadCorpus(deps, fixed.key).manifest).toMatchObject({
      leakage,
      review: { accepted: 1, edited: 1, rejected: 7 },
    });
    const kept = [...deps.store.corpora.rows(fixed.key)].slice(0, 3).map(({ review }) => review);
    expect(kept).toEqual([undefined, 'edited', 'accepted']);
  });

  it('audits and repairs a corpus from before its images had fingerprints', async () => {
    const home = temporaryFolder();
    const deps = openBed(home);
    const key = await buildRunCorpus(deps, await runToAnswers(deps, samplePlan(6)));
    const forget = () => {
      const db = new Database(storeFile(home));
      db.exec('DELETE FROM image_fingerprints');
      db.close();
    };
    forget();
    const { rows } = await auditCorpus(deps, key, UNCOUNTED, {});
    expect(rows).toBeGreaterThan(6);
    const [row] = deps.store.corpora.rows(key);
    expect(deps.store.fingerprints.get(row?.imageHash ?? '', FINGERPRINT.algorithm)).toBeDefined();
    forget();
    expect((await fixCorpus(deps, key)).key).toBe(key);
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
  it.each([samplePlan(12), samplePlan(30, { splitBy: 'random', allowLeakage: true })])(
    'knows what its files say: the same findings as of the stored corpus ($splitBy)',
    async (plan) => {
      const deps = openBed();
      const run = await runToAnswers(deps, plan);
      const key = await buildRunCorpus(deps, run);
      const dir = await exportRunCorpus(deps, key);
      const stored = await auditCorpus(deps, key, UNCOUNTED, {});
      const report = await auditFiles([dir], NO_FACTS, {}, {});
      expect(report.rows).toBe(stored.rows);
      expect(report.findings.map(({ code, severity, rows }) => [code, severity, rows])).toEqual(
        stored.findings.map(({ code, severity, rows }) => [code, severity, rows]),
      );
    },
  );
});
