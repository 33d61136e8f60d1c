import type { CorpusRow } from '@retort/schema';
import { rowId } from '../row-id.ts';

/** A row that an export doesn't have, and why; one line of left-out.jsonl. */
export interface LeftOutRow {
  readonly id: string;
  readonly reason: string;
}

export function leftOut(row: CorpusRow, reason: string): LeftOutRow {
  return { id: rowId(row), reason };
}

export function isLeftOut(item: CorpusRow | LeftOutRow): item is LeftOutRow {
  return 'reason' in item;
}
