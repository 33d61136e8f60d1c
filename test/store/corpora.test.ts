import { type Split, sha256 } from '@retort/schema';
import type { Store } from '@retort/store';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { conversationOf, fillHome, plannedRequest, RUN_ID, recordedAttempt } from './filled-home.ts';
import { openHome } from './open-home.ts';

const KEY = sha256('corpus');
const SPLITS_OF: readonly Split[] = ['test', 'train', 'val'];

/** Three conversations, put into a corpus in the order 2, 0, 1. */
function filledCorpus() {
  const store = openHome(temporaryFolder());
  const { sampleIds } = fillHome(store, 3);
  const order = [2, 0, 1];
  const rows = order.map((i, position) => ({
    conversationId: store.conversations.save(sampleIds[i] ?? 0, conversationOf(i)),
    split: SPLITS_OF[position] ?? 'train',
  }));
  const corpus = { key: KEY, manifest: { rows: 3 }, audit: { findings: [] }, rows };
  return { store, sampleIds, corpus };
}

function answeredStore(): { store: Store; sampleIds: readonly number[]; datasetId: number } {
  const store = openHome(temporaryFolder());
  const filled = fillHome(store, 2);
  for (const i of [0, 1]) store.attempts.record(recordedAttempt(plannedRequest(i).key));
  return { store, ...filled };
}

describe('corpora', () => {
  it('gives the rows back whole, in the order of the corpus', () => {
    const { store, corpus } = filledCorpus();
    store.corpora.save(corpus);
    expect([...store.corpora.rows(KEY)]).toEqual([
      { ...conversationOf(2), split: 'test' },
      { ...conversationOf(0), split: 'train' },
      { ...conversationOf(1), split: 'val' },
    ]);
  });

  it('can be left in the middle of its rows', () => {
    const { store, corpus } = filledCorpus();
    store.corpora.save(corpus);
    for (const row of store.corpora.rows(KEY)) {
      expect(row.sampleName).toBe('00002.jpg');
      break;
    }
    store.corpora.setPath(KEY, '/corpora/1'); // refused by SQLite while a query is open
    expect(store.corpora.get(KEY)).toEqual({
      key: KEY,
      manifest: { rows: 3 },
      audit: { findings: [] },
      rowCount: 3,
      path: '/corpora/1',
    });
  });

  it('lets its audit be made again', () => {
    const { store, corpus } = filledCorpus();
    store.corpora.save(corpus);
    store.corpora.setAudit(KEY, { version: 2, findings: [] });
    expect(store.corpora.get(KEY)?.audit).toEqual({ version: 2, findings: [] });
  });

  it('finds the row of a sample and aspect, while its rows are read, and none of another corpus', () => {
    const { store, corpus } = filledCorpus();
    store.corpora.save(corpus);
    for (const row of store.corpora.rows(KEY)) expect(store.corpora.row(KEY, row)).toEqual(row);
    const row = { ...conversationOf(1), split: 'val' as const };
    expect(store.corpora.row(KEY, { ...row, aspect: 'authenticity' })).toBeNull();
    expect(store.corpora.row(KEY, { ...row, dataset: 'another' })).toBeNull();
    expect(store.corpora.row(sha256('other'), row)).toBeNull();
  });

  it('is found by the beginning of its key', () => {
    const { store, corpus } = filledCorpus();
    store.corpora.save(corpus);
    expect(store.corpora.keysBeginning(KEY.slice(0, 20))).toEqual([KEY]);
    expect(store.corpora.keysBeginning('sha256:%')).toEqual([]);
  });

  it('is immutable: a known key changes nothing', () => {
    const { store, corpus } = filledCorpus();
    store.corpora.save(corpus);
    store.corpora.save({ ...corpus, manifest: {}, rows: [] });
    expect(store.corpora.get(KEY)).toMatchObject({ manifest: { rows: 3 }, rowCount: 3, path: null });
    expect([...store.corpora.rows(KEY)]).toHaveLength(3);
  });

  it('is stored whole or not at all', () => {
    const { store, corpus } = filledCorpus();
    const rows = [...corpus.rows, { conversationId: 999, split: 'train' as const }];
    expect(() => store.corpora.save({ ...corpus, rows })).toThrow(/FOREIGN KEY/);
    expect(store.corpora.get(KEY)).toBeNull();
  });

  it('counts rows of each split and aspect', () => {
    const { store, corpus } = filledCorpus();
    store.corpora.save(corpus);
    expect(store.corpora.sizes(KEY)).toEqual(
      ['test', 'train', 'val'].map((split) => ({ split, aspect: 'quality', n: 1 })),
    );
  });
});

describe('the teachers of a corpus', () => {
  it('are summed over the attempts behind its rows, by model version', () => {
    const { store, sampleIds } = answeredStore();
    store.attempts.record(recordedAttempt(plannedRequest(1).key));
    const conversationId = store.conversations.save(sampleIds[0] ?? 0, conversationOf(0));
    store.corpora.save({ key: KEY, manifest: {}, audit: {}, rows: [{ conversationId, split: 'train' }] });
    const [facts, ...others] = store.corpora.teachers(KEY);
    expect(others).toEqual([]);
    expect(facts).toMatchObject({ teacher: 'gemini', answers: 1, attempts: 1 });
    expect(facts?.firstFinishedAt).toBe(facts?.lastFinishedAt);
    expect(store.corpora.teachers(sha256('no corpus'))).toEqual([]);
  });
});

describe('conversations', () => {
  it('stores the same content once, and another wording beside it', () => {
    const { store, sampleIds } = filledCorpus();
    const id = sampleIds[0] ?? 0;
    const first = store.conversations.save(id, conversationOf(0));
    expect(store.conversations.save(id, conversationOf(0))).toBe(first);
    const turns = conversationOf(0).turns.slice(0, 2);
    const unrated = conversationOf(0, { turns, mos: null, wordLabel: null, sawLabel: false });
    const second = store.conversations.save(id, unrated);
    expect(store.conversations.turns(second)).toEqual(turns);
    expect(store.conversations.ofSample(id)).toMatchObject([
      { id: first, mosFive: 2.5, wordLabel: 'fair', sawLabel: true, turns: conversationOf(0).turns },
      { id: second, mosFive: null, wordLabel: null, sawLabel: false, turns },
    ]);
  });

  it('lists what is answered, with what a conversation takes from the sample', () => {
    const { store, sampleIds } = answeredStore();
    expect(store.conversations.answeredSamples(RUN_ID)).toMatchObject([
      {
        sampleId: sampleIds[0],
        sampleName: '00000.jpg',
        imagePrompt: 'prompt 0',
        generator: 'glide',
        mos: 2.5,
      },
      {
        sampleId: sampleIds[1],
        aspect: 'quality',
        blobHash: sha256('blob 1'),
        requestKey: plannedRequest(1).key,
      },
    ]);
  });

  it('leaves out samples that are gone, or whose picture is refused by now', () => {
    const { store, sampleIds, datasetId } = answeredStore();
    const rejected = {
      kind: 'rejected',
      recipe: 'r',
      reason: 'Gone.',
      stamp: { bytes: -1, modifiedMs: -1 },
    } as const;
    store.samples.savePrepared(sampleIds[0] ?? 0, rejected);
    expect(store.conversations.answeredSamples(RUN_ID)).toMatchObject([{ sampleId: sampleIds[1] }]);
    store.datasets.beginImport(datasetId);
    expect(store.conversations.answeredSamples(RUN_ID)).toEqual([]);
  });
});
