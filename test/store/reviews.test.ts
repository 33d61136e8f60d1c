import { openStore, type Store } from '@retort/store';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { conversationOf, type FilledHome, fillHome, RUN_ID, recordedAttempt } from './filled-home.ts';
import { openHome } from './open-home.ts';
import { change, look } from './raw-database.ts';

const AT = '2026-02-03T04:05:06.000Z';
const TEXT = 'The sky is blurred.';

function answeredHome(store: Store, count: number) {
  const home = fillHome(store, count);
  for (const key of home.requestKeys) store.attempts.record(recordedAttempt(key));
  return home;
}

function rowOf({ sampleIds, requestKeys }: FilledHome, i: number) {
  return { sampleId: sampleIds[i] ?? 0, aspect: 'quality', requestKey: requestKeys[i] ?? '' } as const;
}

function entry(change: Partial<Parameters<Store['reviews']['add']>[1]> = {}) {
  return {
    decision: 'accepted',
    original: TEXT,
    text: null,
    note: null,
    reviewer: 'Ann',
    decidedAt: AT,
    undoes: null,
    ...change,
  } as const;
}

describe('store.reviews', () => {
  it('keeps every entry about a row, and lets the latest stand that was not taken back', () => {
    const store = openHome(temporaryFolder());
    const row = rowOf(answeredHome(store, 1), 0);
    expect(store.reviews.standing(row)).toBeNull();
    const accepted = store.reviews.add(row, entry());
    const edited = store.reviews.add(row, entry({ decision: 'edited', text: 'The sky is sharp.' }));
    expect(store.reviews.standing(row)).toMatchObject({ id: edited, text: 'The sky is sharp.' });
    store.reviews.add(row, entry({ decision: 'undone', undoes: edited }));
    expect(store.reviews.standing(row)).toMatchObject({ id: accepted, decision: 'accepted' });
    store.reviews.add(row, entry({ decision: 'undone', undoes: accepted }));
    expect(store.reviews.standing(row)).toBeNull();
    const decisions = store.reviews.ofRow(row).map(({ decision }) => decision);
    expect(decisions).toEqual(['accepted', 'edited', 'undone', 'undone']);
    expect(store.reviews.ofSample(row.sampleId)).toHaveLength(4);
  });

  it('lets nobody change or take out an entry, nor take one back twice', () => {
    const home = temporaryFolder();
    const store = openHome(home);
    const row = rowOf(answeredHome(store, 1), 0);
    const id = store.reviews.add(row, entry());
    store.reviews.add(row, entry({ decision: 'undone', undoes: id }));
    expect(() => store.reviews.add(row, entry({ decision: 'undone', undoes: id }))).toThrow(/UNIQUE/);
    expect(() => store.reviews.add(row, entry({ decision: 'edited' }))).toThrow(/CHECK/);
    expect(() => change(home, "UPDATE reviews SET decision = 'rejected'")).toThrow(/append-only/);
    expect(() => change(home, 'DELETE FROM reviews')).toThrow(/append-only/);
    expect(look(home, 'SELECT id FROM reviews')).toHaveLength(2);
  });

  it('lists answered rows of a run with what stands, and finds them by name and by the end of a name', () => {
    const home = temporaryFolder();
    const store = openHome(home);
    const filled = answeredHome(store, 3);
    store.reviews.add(rowOf(filled, 1), entry({ decision: 'rejected', note: 'Blurred.' }));
    change(home, "UPDATE requests SET state = 'pending' WHERE image_name = '2.jpg'");
    change(home, "UPDATE samples SET name = 'b/' || name WHERE name = '00001.jpg'");
    const rows = [...store.reviews.rows(RUN_ID)];
    expect(rows.map(({ sampleName, standing }) => [sampleName, standing?.decision])).toEqual([
      ['00000.jpg', undefined],
      ['b/00001.jpg', 'rejected'],
    ]);
    expect(rows[0]).toMatchObject({ dataset: 'data', aspect: 'quality', description: TEXT, sawLabel: true });
    expect(store.reviews.find(RUN_ID, 'b/00001.jpg')).toEqual([rows[1]]);
    expect(store.reviews.find(RUN_ID, '00001.jpg')).toEqual([]);
    expect(store.reviews.findEnding(RUN_ID, '00001.jpg')).toEqual([rows[1]]);
    expect(store.reviews.findEnding(RUN_ID, '0000_.jpg')).toEqual([]);
    expect(store.reviews.find('another run', '00000.jpg')).toEqual([]);
  });

  it('lets only decisions count for a run that were pinned, as they stood then', () => {
    const store = openHome(temporaryFolder());
    const filled = answeredHome(store, 2);
    const first = store.reviews.add(rowOf(filled, 0), entry());
    expect(store.reviews.pinned(RUN_ID)).toEqual([]);
    store.reviews.pin(RUN_ID);
    store.reviews.add(rowOf(filled, 0), entry({ decision: 'undone', undoes: first }));
    store.reviews.add(rowOf(filled, 1), entry({ decision: 'rejected' }));
    const { sampleId, aspect, requestKey } = rowOf(filled, 0);
    expect(store.reviews.pinned(RUN_ID)).toEqual([
      { sampleId, aspect, requestKey, decision: 'accepted', original: TEXT, text: null },
    ]);
    store.reviews.pin(RUN_ID);
    expect(store.reviews.pinned(RUN_ID).map(({ decision }) => decision)).toEqual(['rejected']);
  });

  it('takes entries of another process while this one reads, and the other way round', () => {
    const home = temporaryFolder();
    const [one, other] = [openStore(home), openStore(home)];
    const filled = answeredHome(one, 2);
    const rows = other.reviews.rows(RUN_ID);
    expect(rows.next().value?.standing).toBeNull();
    one.reviews.add(rowOf(filled, 1), entry());
    expect(rows.next().value?.standing).toBeNull(); // as it was when the reading began
    expect(rows.next().done).toBe(true);
    expect(other.reviews.standing(rowOf(filled, 1))).toMatchObject({ decision: 'accepted' });
    one.close();
    other.close();
  });

  it('keeps how a conversation was touched, and tells it from an untouched one', () => {
    const store = openHome(temporaryFolder());
    const { sampleIds } = answeredHome(store, 1);
    const [id = 0] = sampleIds;
    const plain = store.conversations.save(id, conversationOf(0));
    const touched = store.conversations.save(id, conversationOf(0, { review: 'edited' }));
    expect(touched).not.toBe(plain);
    expect(store.conversations.ofSample(id).map(({ review }) => review)).toEqual([null, 'edited']);
    const rows = [plain, touched].map((conversationId) => ({ conversationId, split: 'train' as const }));
    store.corpora.save({ key: 'sha256:c', manifest: {}, audit: {}, rows });
    const [first, second] = store.corpora.rows('sha256:c');
    expect(first).not.toHaveProperty('review');
    expect(second).toMatchObject({ review: 'edited' });
  });

  it('upgrades a filled home of the version before, and leaves what it holds', () => {
    const home = temporaryFolder();
    const before = openStore(home);
    const filled = answeredHome(before, 1);
    before.conversations.save(filled.sampleIds[0] ?? 0, conversationOf(0));
    before.close();
    change(
      home,
      `DROP TABLE reviews; ALTER TABLE runs DROP COLUMN reviews_until; ALTER TABLE conversations DROP COLUMN review;
       DELETE FROM migrations WHERE name = '0007_create_reviews'`,
    );
    const store = openHome(home);
    expect(store.conversations.ofSample(filled.sampleIds[0] ?? 0)).toMatchObject([{ review: null }]);
    expect(store.reviews.pinned(RUN_ID)).toEqual([]);
    store.reviews.add(rowOf(filled, 0), entry());
    store.reviews.pin(RUN_ID);
    expect(store.reviews.pinned(RUN_ID)).toHaveLength(1);
  });
});
