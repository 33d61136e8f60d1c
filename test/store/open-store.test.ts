import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '@retort/schema';
import { openStore, storeFile } from '@retort/store';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../../packages/store/src/open-store.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { fillHome, plannedRequest, RUN_ID } from './filled-home.ts';
import { openHome } from './open-home.ts';

function openedDatabase(home: string) {
  const db = openDatabase(home);
  onTestFinished(() => {
    db.close();
  });
  return db;
}

describe('openDatabase', () => {
  it('syncs every commit to a write-ahead log and checks foreign keys', () => {
    const db = openedDatabase(temporaryFolder());
    expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(db.pragma('synchronous', { simple: true })).toBe(2); // FULL
    expect(db.pragma('foreign_keys', { simple: true })).toBe(1);
    expect(Number(db.pragma('busy_timeout', { simple: true }))).toBeGreaterThanOrEqual(5000);
  });

  it('has only STRICT tables', () => {
    const db = openedDatabase(temporaryFolder());
    const tables = db.prepare<[], { name: string; strict: number }>('PRAGMA table_list').all();
    const loose = tables.filter(({ name, strict }) => strict === 0 && !name.startsWith('sqlite_'));
    expect(loose).toEqual([]);
    expect(tables.length).toBeGreaterThan(15);
  });

  it.each([
    [
      'a request without its picture',
      "INSERT INTO samples (dataset_id, name, row_number, image_path) VALUES (99, 'a', 2, 'a')",
      /FOREIGN KEY/,
    ],
    [
      'text in a number',
      "INSERT INTO datasets (key, name, reader, scale_min, scale_max, rated_aspects) VALUES ('k', 'n', 'r', 'low', 5, '[]')",
      /cannot store TEXT value in REAL column/,
    ],
    [
      'a scale upside down',
      "INSERT INTO datasets (key, name, reader, scale_min, scale_max, rated_aspects) VALUES ('k', 'n', 'r', 5, 0, '[]')",
      /CHECK constraint/,
    ],
    [
      'a hash without its algorithm',
      "INSERT INTO prompt_versions (id, hash, text, saw_label) VALUES ('p', 'abc', '', 0)",
      /CHECK constraint/,
    ],
  ])('refuses %s', (_what, sql, message) => {
    expect(() => openedDatabase(temporaryFolder()).exec(sql)).toThrow(message);
  });
});

describe('openStore', () => {
  it('says which home cannot be used when the folder is a file', () => {
    const file = join(temporaryFolder(), 'home');
    writeFileSync(file, '');
    expect(() => openStore(file)).toThrow(expect.objectContaining({ code: 'home-unwritable' }));
    expect(() => openStore(file)).toThrow(/home can't be used as home .*--home/);
  });

  it('says so when the file is no database', () => {
    const home = temporaryFolder();
    mkdirSync(home, { recursive: true });
    writeFileSync(storeFile(home), 'this is a letter, and not a database at all\n'.repeat(20));
    expect(() => openStore(home)).toThrow(expect.objectContaining({ code: 'home-unwritable' }));
  });

  it('stores nothing of a transaction that throws', () => {
    const store = openHome(temporaryFolder());
    const { sampleIds } = fillHome(store);
    const add = (): void => {
      store.requests.plan(RUN_ID, sampleIds[0] ?? 0, plannedRequest(0, { key: sha256('another') }));
      throw new Error('changed my mind');
    };
    expect(() => store.transaction(add)).toThrow('changed my mind');
    expect(store.requests.due(RUN_ID, '2026', 10).map(({ key }) => key)).toEqual([plannedRequest(0).key]);
  });
});
