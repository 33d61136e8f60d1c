import type { Database } from 'better-sqlite3';
import { tellDiskFull } from './errors.ts';

/** Token counts of texts by vocabulary and text hash. */
export interface TokenCountTable {
  get(tokenizer: string, textHash: string): number | null;
  /** Keeps counts, in one transaction; known ones stay as they are. */
  save(tokenizer: string, counts: ReadonlyMap<string, number>): void;
}

export function createTokenCountTable(db: Database): TokenCountTable {
  const get = db.prepare<[string, string], { tokens: number }>(
    'SELECT tokens FROM token_counts WHERE tokenizer = ? AND text_hash = ?',
  );
  const insert = db.prepare(
    'INSERT INTO token_counts (tokenizer, text_hash, tokens) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const save = db.transaction((tokenizer: string, counts: ReadonlyMap<string, number>) => {
    for (const [textHash, tokens] of counts) insert.run(tokenizer, textHash, tokens);
  });
  return {
    get: (tokenizer, textHash) => get.get(tokenizer, textHash)?.tokens ?? null,
    save: (tokenizer, counts) => tellDiskFull(db.name, () => save.immediate(tokenizer, counts)),
  };
}
