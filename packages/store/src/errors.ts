import { errorCodeOf, RetortError } from '@retort/schema';

export class HomeUnwritableError extends RetortError {
  readonly code = 'home-unwritable';
  constructor(home: string, cause: unknown) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    super(`${home} can't be used as home (${detail}): pass --home with a folder that can be written.`, {
      cause,
    });
  }
}

export class HomeBusyError extends RetortError {
  readonly code = 'home-busy';
  readonly pid: number | null;
  constructor(home: string, pid: number | null) {
    const who = pid === null ? 'Another distill' : `Another distill (process ${pid})`;
    super(`${who} is at work in ${home}: wait for it, look with "distill status", or use another --home.`);
    this.pid = pid;
  }
}

export class DiskFullError extends RetortError {
  readonly code = 'disk-full';
  constructor(home: string, cause: unknown) {
    super(
      `The disk that holds ${home} is full: free some space and run the same command again; what was stored is safe.`,
      { cause },
    );
  }
}

/** A full disk, as SQLite and the file system say it; SHMSIZE: no room for the index of the write-ahead log. */
const DISK_FULL_CODES: readonly string[] = ['SQLITE_FULL', 'SQLITE_IOERR_SHMSIZE', 'ENOSPC', 'EDQUOT'];

export function isDiskFull(error: unknown): boolean {
  return DISK_FULL_CODES.includes(errorCodeOf(error) ?? '');
}

/** Runs `work`, which writes below `home`. @throws DiskFullError where it says that the disk is full */
export function tellDiskFull<T>(home: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw isDiskFull(error) ? new DiskFullError(home, error) : error;
  }
}
