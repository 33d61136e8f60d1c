import { createRequire } from 'node:module';
import { storeFile } from '@retort/store';
import type SqliteDatabase from 'better-sqlite3';

/**
 * The store's own SQLite: a second library in one process would not see the first one's locks, since the kernel keeps
 * them by process, and would break the file.
 */
const Sqlite = createRequire(new URL('../../packages/store/package.json', import.meta.url))(
  'better-sqlite3',
) as typeof SqliteDatabase; // the package that the store's package.json names

/** A look at a home's database past the product. */
export function look<T>(home: string, sql: string): T[] {
  const db = new Sqlite(storeFile(home), { readonly: true });
  try {
    return db.prepare<[], T>(sql).all();
  } finally {
    db.close();
  }
}

/** A change to a home's database past the product, settled in the file itself. */
export function change(home: string, sql: string): void {
  const db = new Sqlite(storeFile(home));
  try {
    db.exec(sql);
    db.pragma('wal_checkpoint(TRUNCATE)');
  } finally {
    db.close();
  }
}
