import { WORD_LABELS, type WordLabel } from '@retort/schema';
import { wordTurnOf } from '../conversation-shape.ts';
import type { AuditRow } from './audit-row.ts';
import { createRowList, type RowList } from './row-list.ts';

const WORD_PATTERNS = WORD_LABELS.map((word) => ({
  word,
  pattern: new RegExp(String.raw`\b${word}\b`, 'iu'),
}));

/** How often the descriptions of one aspect contain the word that their row is labelled with. */
export interface OwnWordTally {
  add(position: number, description: string, row: AuditRow): void;
  readonly own: RowList;
  /** Rated rows seen. */
  readonly rated: number;
  /** True when a description was written with the MOS in sight. */
  readonly sawLabel: boolean;
  /** Rows that would contain their own word if the words said and the labels were unrelated. */
  expectedByChance(): number;
}

export function createOwnWordTally(): OwnWordTally {
  const own = createRowList();
  const said = new Map<WordLabel, number>();
  const labelled = new Map<WordLabel, number>();
  let rated = 0;
  let sawLabel = false;
  const increment = (counts: Map<WordLabel, number>, word: WordLabel) =>
    counts.set(word, (counts.get(word) ?? 0) + 1);
  return {
    add(position, description, row) {
      const label = row.wordLabel ?? wordTurnOf(row);
      if (label === null) return;
      rated += 1;
      sawLabel ||= row.sawLabel === true;
      increment(labelled, label);
      for (const { word, pattern } of WORD_PATTERNS) {
        if (!pattern.test(description)) continue;
        increment(said, word);
        if (word === label) own.add(position);
      }
    },
    own,
    get rated() {
      return rated;
    },
    get sawLabel() {
      return sawLabel;
    },
    expectedByChance: () =>
      WORD_LABELS.reduce((sum, word) => sum + ((said.get(word) ?? 0) * (labelled.get(word) ?? 0)) / rated, 0),
  };
}
