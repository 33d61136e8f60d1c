import {
  countsInOrder,
  createTokenCounter,
  createTokenTally,
  findTokenRule,
  type KeepingTokenCounter,
  loadTextTokenizer,
  MINICPM_LLAMA3_V_2_5,
  type SequenceCounter,
  TOKEN_RULES,
  type TokenCounter,
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
  /** The same for the rows of a corpus, in their order: counted once, they are a list. @param rowsHash names the rows */
  inOrder(rowsHash: string): SequenceCounter;
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
  choice: TokenCounterChoice,
): Promise<HomeTokenCounter> {
  const { rule, tokenizer } = await chooseTokenizer(choice);
  const store = openStore(deps.home.dir);
  const counter = createTokenCounter({ rule, tokenizer, cache: store.tokenCounts });
  const inOrder = (rowsHash: string) => countsInOrder(counter, rowsHash, store.sequenceTokenCounts);
  const close = () => {
    try {
      counter.flush();
    } finally {
      store.close();
    }
  };
  return { ...counter, inOrder, close };
}

/** A counter that needs no home and keeps nothing. Throws as `openTokenCounter` does. */
export async function openLooseTokenCounter(choice: TokenCounterChoice): Promise<TokenCounter> {
  return createTokenCounter({ ...(await chooseTokenizer(choice)), cache: null });
}

async function chooseTokenizer({ student = MINICPM_LLAMA3_V_2_5.name, source, hub }: TokenCounterChoice) {
  const rule = findTokenRule(student);
  return { rule, tokenizer: await loadTextTokenizer({ student, source, hub }) };
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
  counter: TokenCounter & Partial<Pick<SequenceCounter, 'finish'>>,
): { readonly rows: Generator<CorpusRow>; shares(): TokenShares } {
  const tally = createTokenTally(counter.name);
  function* counted(): Generator<CorpusRow> {
    for (const row of rows) {
      tally.add(counter.count(row));
      yield row;
    }
    counter.finish?.();
  }
  return { rows: counted(), shares: tally.shares };
}
