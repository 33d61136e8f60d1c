import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCodeOf } from '@retort/schema';
import SqliteDatabase from 'better-sqlite3';
import { DiskFullError, HomeBusyError, HomeUnwritableError, isDiskFull } from './errors.ts';

/** How long a reader's look at the lock is waited out, in ms: it takes microseconds, a coordinator's hold lasts. */
const LOOK_TIMEOUT_MS = 250;

export interface HomeLock {
  release(): void;
}

/**
 * Makes this process the one coordinator of a home. The lock is SQLite's own on a file of its own: the kernel drops it
 * when the process dies, however it dies.
 *
 * @throws HomeBusyError another process holds it; its pid is in the message
 */
export function lockHome(home: string, pid: number): HomeLock {
  const pidFile = join(home, 'coordinator.pid');
  let db: SqliteDatabase.Database;
  try {
    mkdirSync(home, { recursive: true });
    db = new SqliteDatabase(join(home, 'coordinator.lock'), { timeout: LOOK_TIMEOUT_MS });
  } catch (cause) {
    throw new HomeUnwritableError(home, cause);
  }
  try {
    db.exec('BEGIN EXCLUSIVE');
    writeFileSync(pidFile, `${pid}\n`);
  } catch (error) {
    db.close();
    if (errorCodeOf(error) === 'SQLITE_BUSY') {
      throw new HomeBusyError(home, readPid(pidFile));
    }
    throw isDiskFull(error) ? new DiskFullError(home, error) : new HomeUnwritableError(home, error);
  }
  return {
    release() {
      db.exec('ROLLBACK');
      db.close();
    },
  };
}

/** The coordinator at work in `home`, or null. Takes the lock for a moment to find out. */
export function runningCoordinator(home: string): { pid: number | null } | null {
  let db: SqliteDatabase.Database;
  try {
    db = new SqliteDatabase(join(home, 'coordinator.lock'), { timeout: 0, fileMustExist: true });
  } catch {
    return null; // no lock file: nobody ever ran here
  }
  try {
    db.prepare('SELECT 1 FROM sqlite_master').get();
    return null;
  } catch {
    return { pid: readPid(join(home, 'coordinator.pid')) };
  } finally {
    db.close();
  }
}

function readPid(file: string): number | null {
  try {
    const pid = Number(readFileSync(file, 'utf8').trim());
    return Number.isInteger(pid) && pid > 0 ? pid : null;
  } catch {
    return null;
  }
}
