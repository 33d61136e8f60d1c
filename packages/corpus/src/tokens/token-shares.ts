import type { TokenCount } from './token-counter.ts';

/** Lengths at which the share of cut rows is told: the paper's own 512, and what trainers default to. */
const SHARE_LIMITS = [512, 1024, 2048] as const;

/** How long a corpus's rows are for one student. */
export interface TokenShares {
  /** Student and tokenizer; see `TokenCounter.name`. */
  readonly counter: string;
  readonly exact: boolean;
  readonly rows: number;
  /** Tokens of all rows together, for the cost of an epoch. */
  readonly tokens: number;
  readonly longest: number;
  /** Rows that a trainer with that limit cuts. */
  readonly cut: readonly { readonly limit: number; readonly rows: number }[];
}

/** Sums up counts of rows, one at a time. */
export function createTokenTally(counter: string) {
  const cut = SHARE_LIMITS.map((limit) => ({ limit, rows: 0 }));
  let [rows, tokens, longest, exact] = [0, 0, 0, true];
  return {
    add(count: TokenCount): void {
      rows += 1;
      tokens += count.total;
      longest = Math.max(longest, count.total);
      exact &&= count.exact;
      for (const share of cut) if (count.total > share.limit) share.rows += 1;
    },
    shares: (): TokenShares => ({
      counter,
      exact,
      rows,
      tokens,
      longest,
      cut: cut.map((share) => ({ ...share })),
    }),
  };
}

/** The shares as one line for a terminal and a card; the counter's name says whether it estimates. */
export function tokenSharesText({ counter, rows, longest, cut }: TokenShares): string {
  const share = (count: number) => (rows === 0 ? 0 : (100 * count) / rows).toFixed(1);
  const parts = cut.map(({ limit, rows: count }) => `${count} (${share(count)} %) at ${limit}`);
  return `Of ${rows} rows a trainer cuts ${parts.join(', ')} tokens; the longest has ${longest} (${counter}).`;
}
