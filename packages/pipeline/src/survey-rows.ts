import {
  createTokenTally,
  DEFAULT_MAX_TOKENS,
  isLeftOut,
  type LeftOutRow,
  rowId,
  type TokenCounter,
  type TokenShares,
} from '@retort/corpus';
import type { CorpusRow } from '@retort/schema';

/** Rows that are named; the others are counted. */
const NAMED_ROWS = 1000;

export interface TokenSurvey extends TokenShares {
  /** Rows that every trainer's default cuts, the first thousand of them. */
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
  const tally = createTokenTally(counter.name);
  const longRows: { id: string; tokens: number }[] = [];
  return {
    add(row: CorpusRow): void {
      const count = counter.count(row);
      tally.add(count);
      if (count.total > DEFAULT_MAX_TOKENS && longRows.length < NAMED_ROWS)
        longRows.push({ id: rowId(row), tokens: count.total });
    },
    result: (): TokenSurvey => ({ ...tally.shares(), longRows }),
  };
}
