import { readdirSync, readFileSync } from 'node:fs';
import { MigrationChangedError, openStore, StoreTooNewError, storeFile } from '@retort/store';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Migration, migrate, readMigrations } from '../../packages/store/src/migrate.ts';
import { openDatabase } from '../../packages/store/src/open-store.ts';
import { startNode } from '../fixtures/node-child.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { fillHome } from './filled-home.ts';
import { openHome } from './open-home.ts';
import { change, look } from './raw-database.ts';

const FOLDER = new URL('../../packages/store/migrations/', import.meta.url);
const RELEASED = readMigrations(FOLDER);
const OPENER = new URL('./children/open-store-child.ts', import.meta.url);

function openedDatabase(home: string) {
  const db = openDatabase(home);
  onTestFinished(() => {
    db.close();
  });
  return db;
}

const ledger = (home: string) =>
  look<{ name: string }>(home, 'SELECT name FROM migrations ORDER BY name').map(({ name }) => name);

describe('readMigrations', () => {
  it('finds every file of the folder', () => {
    expect(RELEASED.map(({ name }) => `${name}.sql`)).toEqual(readdirSync(FOLDER).sort());
    expect(RELEASED.length).toBeGreaterThan(0);
  });
});

describe('migrate', () => {
  it('makes the tables of a fresh home and notes what it did', () => {
    const home = temporaryFolder();
    openStore(home).close();
    expect(ledger(home)).toEqual(RELEASED.map(({ name }) => name));
    expect(look(home, "SELECT 1 FROM sqlite_master WHERE name = 'attempts'")).toHaveLength(1);
  });

  it('leaves a filled home as it is when that is opened again', () => {
    const home = temporaryFolder();
    const first = openStore(home);
    const { requestKeys } = fillHome(first, 3);
    first.close();
    const again = openHome(home);
    expect(again.requests.due('', '', 10)).toEqual([]);
    expect(
      look<{ key: string }>(home, 'SELECT key FROM requests')
        .map(({ key }) => key)
        .sort(),
    ).toEqual([...requestKeys].sort());
  });

  it('upgrades a filled home by the migrations that it lacks', () => {
    const home = temporaryFolder();
    const store = openStore(home);
    fillHome(store, 2);
    store.close();
    const added: Migration = { name: '9998_add_note', sql: 'ALTER TABLE requests ADD COLUMN note TEXT;' };
    migrate(openedDatabase(home), [...RELEASED, added]);
    expect(look(home, 'SELECT note FROM requests')).toEqual([{ note: null }, { note: null }]);
  });

  it('refuses a home of a newer version and does not touch its file', () => {
    const home = temporaryFolder();
    openStore(home).close();
    change(home, "INSERT INTO migrations (name, hash) VALUES ('9999_invent_future', 'sha256:00')");
    const before = readFileSync(storeFile(home));
    expect(() => openStore(home)).toThrow(StoreTooNewError);
    expect(() => openStore(home)).toThrow(/9999_invent_future.*update Retort/);
    expect(readFileSync(storeFile(home)).equals(before)).toBe(true);
    // Closed again: no write-ahead log is left open beside it.
    expect(readdirSync(home)).toEqual(['retort.sqlite']);
  });

  it('refuses an applied migration that reads differently today', () => {
    const home = temporaryFolder();
    openStore(home).close();
    change(home, "UPDATE migrations SET hash = 'sha256:00'");
    expect(() => openStore(home)).toThrow(MigrationChangedError);
    expect(() => openStore(home)).toThrow(/0001_create_tables.*restore the migration/);
  });

  it('leaves no trace of a migration that fails, and takes it up once it is mended', () => {
    const home = temporaryFolder();
    const db = openedDatabase(home);
    const name = '9998_add_parrots';
    const sql = 'CREATE TABLE parrots (id INTEGER PRIMARY KEY) STRICT;';
    const broken = [...RELEASED, { name, sql: `${sql} INSERT INTO no_such_table VALUES (1);` }];
    expect(() => migrate(db, broken)).toThrow(/no_such_table/);
    expect(look(home, "SELECT 1 FROM sqlite_master WHERE name = 'parrots'")).toEqual([]);
    expect(ledger(home)).not.toContain(name);
    migrate(db, [...RELEASED, { name, sql }]);
    expect(look(home, 'SELECT * FROM parrots')).toEqual([]);
    expect(ledger(home)).toContain(name);
  });

  it('lets several processes open a new home at once', async () => {
    const homes = Array.from({ length: 20 }, temporaryFolder);
    const children = Array.from({ length: 6 }, () => startNode(OPENER, homes));
    for (const home of homes) {
      for (const child of children) expect(await child.line()).toBe('ready');
      for (const child of children) child.process.stdin?.write(`${home}\n`);
    }
    const ends = await Promise.all(children.map(({ ended }) => ended));
    expect(ends.map(({ code, stderr }) => ({ code, stderr }))).toEqual(
      children.map(() => ({ code: 0, stderr: '' })),
    );
    for (const home of homes) expect(ledger(home)).toEqual(RELEASED.map(({ name }) => name));
  });
});
