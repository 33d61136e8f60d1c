import {
  createTokenCounter,
  createTokenTally,
  findTokenRule,
  type KeepingTokenCounter,
  loadTextTokenizer,
  MINICPM_LLAMA3_V_2_5,
  TOKEN_RULES,
  type TokenizerHub,
  type TokenShares,
} from '@retort/corpus';
import type { CorpusRow } from '@retort/schema';
import { openStore } from '@retort/store';
import type { PipelineDeps } from './pipeline-deps.ts';

export interface TokenCounterChoice {
  /** As its rule is named; the student of the paper unless given. */
  readonly student?: string;
  /** Path of a tokenizer, or a model on the hub; null for what is at hand. */
  readonly source: string | null;
  readonly hub: TokenizerHub;
}

/** A counter that keeps its counts in the home. */
export interface HomeTokenCounter extends KeepingTokenCounter {
  /** Saves what is left; nothing can be counted afterwards. */
  close(): void;
}

/** Students whose tokens can be counted, the paper's first. */
export const TOKEN_STUDENTS: readonly string[] = TOKEN_RULES.map(({ student }) => student);

/**
 * A counter that keeps its counts in the home. It has a connection of its own to the store, because SQLite refuses to write on one
 * whose rows are still being read, as those of a corpus are while they are counted.
 *
 * @throws CorpusUsageError for a student without a rule, or a tokenizer that can't be had
 */
export async function openTokenCounter(
  deps: PipelineDeps,
  { student = MINICPM_LLAMA3_V_2_5.name, source, hub }: TokenCounterChoice,
): Promise<HomeTokenCounter> {
  const rule = findTokenRule(student);
  const tokenizer = await loadTextTokenizer({ student, source, hub });
  const store = openStore(deps.home.dir);
  const counter = createTokenCounter({ rule, tokenizer, cache: store.tokenCounts });
  const close = () => {
    try {
      counter.flush();
    } finally {
      store.close();
    }
  };
  return { ...counter, close };
}

/** The counter for the student of the paper with what is at hand: nothing is downloaded. */
export function openDefaultTokenCounter(deps: PipelineDeps): Promise<HomeTokenCounter> {
  const offline: TokenizerHub = {
    fetch: () => Promise.reject(new TypeError('a tokenizer that is at hand is not fetched')),
    url: '',
    token: null,
    cacheDir: deps.home.dir,
  };
  return openTokenCounter(deps, { source: null, hub: offline });
}

/** Rows on their way, counted as they pass; the shares are complete when the rows are through. */
export function countRows(
  rows: Iterable<CorpusRow>,
  counter: KeepingTokenCounter,
): { readonly rows: Generator<CorpusRow>; shares(): TokenShares } {
  const tally = createTokenTally(counter.name);
  function* counted(): Generator<CorpusRow> {
    for (const row of rows) {
      tally.add(counter.count(row));
      yield row;
    }
  }
  return { rows: counted(), shares: tally.shares };
}
