import type { ImageSize } from './slicing/slice-grid.ts';

/** How one student's trainer turns a row into tokens, text aside. */
export interface TokenRule {
  /** The student, as `lora/student.ts` names it. */
  readonly student: string;
  /** Tokens that stand for a picture, its marks included. */
  imageTokens(size: ImageSize): number;
  /** The same for a picture whose size isn't known: the largest that the slicing rule gives. */
  readonly mostImageTokens: number;
  /** Tokens that the chat template puts around `turns` turns, user's and assistant's in alternation. */
  templateTokens(turns: number): number;
}
