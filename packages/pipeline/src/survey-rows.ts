import { isLeftOut, type LeftOutRow, rowId, type TokenCounter } from '@retort/corpus';
import type { CorpusRow } from '@retort/schema';

/** Lengths at which trainers cut rows: the paper's, and what trainers default to. */
const TOKEN_LIMITS = [512, 1024, 2048] as const;
/** A row longer than this is named: every trainer's default cuts it. */
const LONG_ROW_TOKENS = 2048;
/** Rows that are named; the others are counted. */
const NAMED_ROWS = 1000;

export interface TokenSurvey {
  /** Student and tokenizer, for people. */
  readonly counter: string;
  /** False where text was estimated. */
  readonly exact: boolean;
  readonly longest: number;
  readonly cut: readonly { readonly limit: number; readonly rows: number }[];
  /** Rows above 2,048 tokens, the first thousand of them. */
  readonly longRows: readonly { readonly id: string; readonly tokens: number }[];
}

/** What an export will have and lack, found before anything is written. */
export interface RowSurvey {
  readonly leftOut: number;
  /** The first of them; left-out.jsonl has all. */
  readonly leftOutRows: readonly LeftOutRow[];
  /** Null where nothing was counted. */
  readonly tokens: TokenSurvey | null;
}

/** Goes through the rows once and holds none of them. */
export function surveyRows(rows: Iterable<CorpusRow | LeftOutRow>, counter: TokenCounter | null): RowSurvey {
  const leftOutRows: LeftOutRow[] = [];
  const tokens = counter === null ? null : createTokenSurvey(counter);
  let leftOut = 0;
  for (const row of rows) {
    if (isLeftOut(row)) {
      leftOut += 1;
      if (leftOutRows.length < NAMED_ROWS) leftOutRows.push(row);
      continue;
    }
    tokens?.add(row);
  }
  return { leftOut, leftOutRows, tokens: tokens?.result() ?? null };
}

function createTokenSurvey(counter: TokenCounter) {
  const cut = TOKEN_LIMITS.map((limit) => ({ limit, rows: 0 }));
  const longRows: { id: string; tokens: number }[] = [];
  let [exact, longest] = [true, 0];
  return {
    add(row: CorpusRow): void {
      const count = counter.count(row);
      exact &&= count.exact;
      longest = Math.max(longest, count.total);
      for (const share of cut) if (count.total > share.limit) share.rows += 1;
      if (count.total > LONG_ROW_TOKENS && longRows.length < NAMED_ROWS)
        longRows.push({ id: rowId(row), tokens: count.total });
    },
    result: (): TokenSurvey => ({ counter: counter.name, exact, longest, cut, longRows }),
  };
}
