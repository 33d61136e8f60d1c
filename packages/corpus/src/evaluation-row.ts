import type { Conversation, CorpusRow, Split } from '@retort/schema';
import { askedAtOnce, isWordOnly } from './conversation-shape.ts';
import { CorpusRowError } from './errors.ts';
import { rowId } from './row-id.ts';

/**
 * The form in which a row may stand in its split. In val and test, text that was written with the MOS in sight must not
 * be read by anything that is evaluated, so such a row carries question and word only, as two turns: the user's
 * `<image>` line, question, newline and word question, and the assistant's word. Every other row is returned as it is.
 *
 * @returns null for an unrated row whose description saw a label: without a word nothing is left to evaluate
 */
export function evaluationRow(row: CorpusRow): CorpusRow | null {
  if (row.split === 'train' || !row.sawLabel || isWordOnly(row.turns)) return row;
  if (row.wordLabel === null) return null;
  const [question, , wordQuestion] = row.turns;
  if (question === undefined || wordQuestion === undefined) {
    throw new CorpusRowError(
      rowId(row),
      `expected four turns of a rated row, got ${row.turns.length}: build it again.`,
    );
  }
  return {
    ...row,
    turns: [
      { role: 'user', text: askedAtOnce(question, wordQuestion) },
      { role: 'assistant', text: row.wordLabel },
    ],
  };
}

/** What reads rows without caring whether they are in memory. */
export type AnyIterable<Item> = Iterable<Item> | AsyncIterable<Item>;

/**
 * Conversations as rows of a corpus: each with the split of its sample, in the form that split allows. Rows that
 * `evaluationRow` leaves nothing of are left out. Keeps the order; holds one row at a time.
 *
 * @param splits from `assignSplits`, by sample name
 * @throws CorpusRowError when a conversation's sample has no split
 */
export async function* corpusRows(
  conversations: AnyIterable<Conversation>,
  splits: ReadonlyMap<string, Split>,
): AsyncGenerator<CorpusRow> {
  for await (const conversation of conversations) {
    const split = splits.get(conversation.sampleName);
    if (split === undefined) {
      throw new CorpusRowError(
        rowId(conversation),
        'its sample has no split: assign splits over all samples first.',
      );
    }
    const row = evaluationRow({ ...conversation, split });
    if (row !== null) yield row;
  }
}
