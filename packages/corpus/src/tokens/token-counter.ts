import type { Turn } from '@retort/schema';

/** What one row takes of a student's context, special tokens of its chat template included. */
export interface TokenCount {
  readonly total: number;
  /** Of them, those that stand for the picture. */
  readonly image: number;
  /** False where the text was estimated, because the student's tokenizer wasn't at hand. */
  readonly exact: boolean;
}

/** Counts the tokens of rows as one student's trainer does. */
export interface TokenCounter {
  /** The student and its tokenizer, for people: `minicpm-llama3-v-2_5, tokenizer.json of …` or `…, estimated`. */
  readonly name: string;
  /** False where the text of every row is estimated. */
  readonly exact: boolean;
  /** Null sides count the picture at the largest size that the student's slicing rule gives. */
  count(row: {
    readonly turns: readonly Pick<Turn, 'text'>[];
    readonly width: number | null;
    readonly height: number | null;
  }): TokenCount;
}
