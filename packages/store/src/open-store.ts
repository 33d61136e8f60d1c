import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { errorCodeOf } from '@retort/schema';
import SqliteDatabase, { type Database } from 'better-sqlite3';
import { type AttemptTable, createAttemptTable } from './attempts.ts';
import { type BatchTable, createBatchTable } from './batches.ts';
import { type ComparisonTable, createComparisonTable } from './comparison.ts';
import { type ConversationTable, createConversationTable } from './conversations.ts';
import { type CorpusTable, createCorpusTable } from './corpora.ts';
import { createDatasetTable, type DatasetTable } from './datasets.ts';
import { DiskFullError, HomeUnwritableError, isDiskFull, tellDiskFull } from './errors.ts';
import { createFailureTable, type FailureTable } from './failure-groups.ts';
import { createFingerprintTable, type FingerprintTable } from './fingerprints.ts';
import { migrate, readMigrations } from './migrate.ts';
import { createReadingTable, type ReadingTable } from './readings.ts';
import { createRequestTable, type RequestTable } from './requests.ts';
import { createReviewTable, type ReviewTable } from './reviews.ts';
import { createRunTable, type RunTable } from './runs.ts';
import { createSampleTable, type SampleTable } from './samples.ts';
import { createSequenceTokenCountTable, type SequenceTokenCountTable } from './sequence-token-counts.ts';
import { createSpendingTable, type SpendingTable } from './spending.ts';
import { createTokenCountTable, type TokenCountTable } from './token-counts.ts';
import { createTrainingTable, type TrainingTable } from './training.ts';

const MIGRATIONS = new URL('../migrations/', import.meta.url);
/** How long a write waits for another process's transaction; ours take milliseconds. */
const BUSY_TIMEOUT_MS = 20_000;
const BUSY_PAUSE_MS = 10;

export interface Store {
  readonly datasets: DatasetTable;
  readonly samples: SampleTable;
  readonly requests: RequestTable;
  readonly attempts: AttemptTable;
  readonly readings: ReadingTable;
  readonly batches: BatchTable;
  readonly conversations: ConversationTable;
  readonly corpora: CorpusTable;
  readonly reviews: ReviewTable;
  readonly tokenCounts: TokenCountTable;
  readonly sequenceTokenCounts: SequenceTokenCountTable;
  readonly training: TrainingTable;
  readonly runs: RunTable;
  readonly spending: SpendingTable;
  readonly failures: FailureTable;
  readonly comparison: ComparisonTable;
  readonly fingerprints: FingerprintTable;
  /** Runs `work` in one transaction. @throws DiskFullError nothing of it is stored */
  transaction<T>(work: () => T): T;
  close(): void;
}

/** File of a home's store. */
export function storeFile(home: string): string {
  return join(home, 'retort.sqlite');
}

/**
 * Opens the store of a home, made on first use and migrated to today's tables.
 *
 * @throws HomeUnwritableError the folder or the file can't be written
 * @throws StoreTooNewError a newer Retort wrote it
 * @throws DiskFullError there is no room for the tables
 */
export function openStore(home: string): Store {
  const db = openDatabase(home);
  return {
    datasets: createDatasetTable(db),
    samples: createSampleTable(db),
    requests: createRequestTable(db),
    attempts: createAttemptTable(db),
    readings: createReadingTable(db),
    batches: createBatchTable(db),
    conversations: createConversationTable(db),
    corpora: createCorpusTable(db),
    reviews: createReviewTable(db),
    tokenCounts: createTokenCountTable(db),
    sequenceTokenCounts: createSequenceTokenCountTable(db),
    training: createTrainingTable(db),
    runs: createRunTable(db),
    spending: createSpendingTable(db),
    failures: createFailureTable(db),
    comparison: createComparisonTable(db),
    fingerprints: createFingerprintTable(db),
    transaction: (work) => tellDiskFull(home, () => db.transaction(work).immediate()),
    close: () => {
      db.close();
    },
  };
}

/** Opens and migrates the database file itself: for the recorder's thread, which has a connection of its own. */
export function openDatabase(home: string): Database {
  const db = openFile(home);
  try {
    tellDiskFull(home, () => migrate(db, readMigrations(MIGRATIONS)));
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function openFile(home: string): Database {
  let db: Database | undefined;
  try {
    mkdirSync(home, { recursive: true });
    db = new SqliteDatabase(storeFile(home));
    db.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
    useWriteAheadLog(db);
    db.pragma('synchronous = FULL');
    db.pragma('foreign_keys = ON');
    return db;
  } catch (cause) {
    db?.close();
    throw isDiskFull(cause) ? new DiskFullError(home, cause) : new HomeUnwritableError(home, cause);
  }
}

/** SQLite doesn't wait for another process that makes this switch, as two that open a new home at once do: we wait. */
function useWriteAheadLog(db: Database): void {
  for (let waitedMs = 0; ; waitedMs += BUSY_PAUSE_MS) {
    try {
      db.pragma('journal_mode = WAL');
      return;
    } catch (error) {
      if (!isBusy(error) || waitedMs >= BUSY_TIMEOUT_MS) throw error;
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BUSY_PAUSE_MS);
  }
}

function isBusy(error: unknown): boolean {
  return errorCodeOf(error)?.startsWith('SQLITE_BUSY') === true;
}
