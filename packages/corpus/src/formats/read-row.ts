import type { OwnFacts } from './own-facts.ts';

/** A row as a consumer's file holds it, ours or anybody's: nothing is checked yet, so that an audit can look at it. */
export interface ReadRow {
  /** Where it stands, for people: `train.json row 17`, counted from 1. */
  readonly place: string;
  /** The file's own name for the row; null where the format has none. */
  readonly id: string | null;
  /** Images as they are written, in order; empty where there are none. */
  readonly images: readonly string[];
  /** The images' bytes in the same order, null for one without; left out where a format only names its images. */
  readonly imageBytes?: readonly (Uint8Array | null)[];
  /** What a row of ours says of itself; left out of others' rows, and where a format has no room for it. */
  readonly facts?: OwnFacts;
  /** Turns in our spelling: the place of the picture is `<image>`, followed by a newline where the format implies one. */
  readonly turns: readonly ReadTurn[];
}

export interface ReadTurn {
  /** As it is written: `user` and `assistant` after the format's own names were mapped, anything else untouched. */
  readonly role: string;
  readonly text: string;
}

/** What reading a file yields, in its order: rows, and what can't be a row, so that nothing else is lost. */
export type ReadItem =
  | { readonly kind: 'row'; readonly row: ReadRow }
  | { readonly kind: 'unreadable'; readonly place: string; readonly reason: string };
