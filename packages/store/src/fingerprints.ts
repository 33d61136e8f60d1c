import type { Database } from 'better-sqlite3';

/** Fingerprints of pictures, by the hash of their source. */
export interface FingerprintTable {
  /** Null of a picture in which there is too little to compare; undefined when it wasn't made yet. */
  get(imageHash: string, algorithm: string): Uint8Array | null | undefined;
  /** Stores it; one that is there stays. */
  save(imageHash: string, algorithm: string, bits: Uint8Array | null): void;
}

export function createFingerprintTable(db: Database): FingerprintTable {
  const get = db.prepare<[string, string], { bits: Uint8Array | null }>(
    'SELECT bits FROM image_fingerprints WHERE image_hash = ? AND algorithm = ?',
  );
  const save = db.prepare(
    'INSERT INTO image_fingerprints (image_hash, algorithm, bits) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  );
  return {
    get: (imageHash, algorithm) => get.get(imageHash, algorithm)?.bits,
    save: (imageHash, algorithm, bits) => {
      save.run(imageHash, algorithm, bits);
    },
  };
}
