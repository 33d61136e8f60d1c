import { readdirSync, readFileSync } from 'node:fs';
import { RetortError, sha256 } from '@retort/schema';
import type { Database } from 'better-sqlite3';

export interface Migration {
  /** `NNNN_verb_noun`. */
  readonly name: string;
  readonly sql: string;
}

export class StoreTooNewError extends RetortError {
  readonly code = 'store-too-new';
  constructor(file: string, unknown: readonly string[]) {
    super(
      `${file} was written by a newer version of Retort (it has ${unknown.join(', ')}, which this version doesn't know): update Retort, or use another --home. Nothing was changed.`,
    );
  }
}

export class MigrationChangedError extends RetortError {
  readonly code = 'store-migration-changed';
  constructor(file: string, name: string) {
    super(
      `Migration ${name} was changed after ${file} was made with it: restore the migration and put the change into a new one.`,
    );
  }
}

/** The migrations in `folder`, in the order of their numbers. */
export function readMigrations(folder: URL): Migration[] {
  return readdirSync(folder)
    .filter((file) => /^\d{4}_[a-z0-9_]+\.sql$/.test(file))
    .sort()
    .map((file) => ({ name: file.slice(0, -4), sql: readFileSync(new URL(file, folder), 'utf8') }));
}

/**
 * Brings `db` to the newest of `migrations`. Each runs in one transaction with its ledger row, so a failure leaves no trace.
 *
 * @throws StoreTooNewError the ledger names a migration that isn't in `migrations`
 * @throws MigrationChangedError an applied migration reads differently today
 */
export function migrate(db: Database, migrations: readonly Migration[]): void {
  db.exec('CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, hash TEXT NOT NULL) STRICT');
  const rows = db.prepare<[], { name: string; hash: string }>('SELECT name, hash FROM migrations').all();
  const applied = new Map(rows.map((row) => [row.name, row.hash]));
  const known = new Set(migrations.map((migration) => migration.name));
  const unknown = [...applied.keys()].filter((name) => !known.has(name));
  if (unknown.length > 0) throw new StoreTooNewError(db.name, unknown);
  for (const { name, sql } of migrations) {
    const hash = sha256(sql);
    if (applied.get(name) === hash) continue;
    if (applied.has(name)) throw new MigrationChangedError(db.name, name);
    // Immediate: of two processes that open a new home at once, the second finds the ledger row.
    db.transaction(() => {
      if (db.prepare('SELECT 1 FROM migrations WHERE name = ?').get(name) !== undefined) return;
      db.exec(sql);
      db.prepare('INSERT INTO migrations (name, hash) VALUES (?, ?)').run(name, hash);
    }).immediate();
  }
}
