import type { Database } from 'better-sqlite3';
import { tellDiskFull } from './errors.ts';

/** Token counts of whole sequences of rows: total and image tokens of each row in order, alternating. */
export interface SequenceTokenCountTable {
  get(key: string): Uint32Array | null;
  /** A known sequence stays as it is. */
  save(key: string, counts: Uint32Array): void;
}

const BYTES = Uint32Array.BYTES_PER_ELEMENT;

export function createSequenceTokenCountTable(db: Database): SequenceTokenCountTable {
  const get = db.prepare<[string], { counts: Buffer }>(
    'SELECT counts FROM sequence_token_counts WHERE key = ?',
  );
  const insert = db.prepare(
    'INSERT INTO sequence_token_counts (key, counts) VALUES (?, ?) ON CONFLICT DO NOTHING',
  );
  return {
    get(key) {
      const bytes = get.get(key)?.counts;
      if (bytes === undefined) return null;
      return Uint32Array.from({ length: bytes.length / BYTES }, (_, index) =>
        bytes.readUInt32LE(index * BYTES),
      );
    },
    save(key, counts) {
      const bytes = Buffer.alloc(counts.length * BYTES);
      for (const [index, count] of counts.entries()) bytes.writeUInt32LE(count, index * BYTES);
      tellDiskFull(db.name, () => insert.run(key, bytes));
    },
  };
}
