import { sha256 } from '@retort/schema';
import type { TextTokenizer } from './text-tokenizer.ts';

/** Counts that outlive a process, by the hash of the text. */
export interface TokenCountCache {
  get(tokenizer: string, textHash: string): number | null;
  /** Keeps counts of one tokenizer by text hash; known ones stay. */
  save(tokenizer: string, counts: ReadonlyMap<string, number>): void;
}

export interface CachedTokenizer extends TextTokenizer {
  /** Hands what was counted since to the cache; call it at the end. */
  flush(): void;
}

/** Counts held in memory; the oldest goes first. A count with its hash takes about 200 bytes. */
const MEMORY_MOST = 50_000;
/** New counts that are saved together: each save is a transaction. */
const SAVE_AT = 2_000;

/** A tokenizer that counts no text twice. An estimate is cheaper than a look-up, so it isn't kept. */
export function cachedTokenizer(tokenizer: TextTokenizer, cache: TokenCountCache | null): CachedTokenizer {
  const { cacheKey } = tokenizer;
  if (cacheKey === null) return { ...tokenizer, flush() {} };
  const memory = new Map<string, number>();
  let fresh = new Map<string, number>();
  const flush = () => {
    if (fresh.size > 0) cache?.save(cacheKey, fresh);
    fresh = new Map();
  };
  const countAnew = (text: string, hash: string): number => {
    const tokens = tokenizer.count(text);
    fresh.set(hash, tokens);
    if (fresh.size >= SAVE_AT) flush();
    return tokens;
  };
  return {
    ...tokenizer,
    flush,
    count(text) {
      const hash = sha256(text);
      const known = memory.get(hash) ?? fresh.get(hash) ?? cache?.get(cacheKey, hash) ?? null;
      const tokens = known ?? countAnew(text, hash);
      memory.delete(hash);
      memory.set(hash, tokens);
      if (memory.size > MEMORY_MOST) memory.delete(oldestOf(memory));
      return tokens;
    },
  };
}

function oldestOf(memory: ReadonlyMap<string, number>): string {
  for (const hash of memory.keys()) return hash;
  throw new TypeError('an empty map has no oldest entry');
}
