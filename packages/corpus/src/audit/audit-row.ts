import type { Aspect, CorpusRow, Split, WordLabel } from '@retort/schema';
import type { ReadTurn } from '../formats/read-row.ts';
import { rowId } from '../row-id.ts';

/** A row as an audit sees it: of a corpus of ours, or of a file from elsewhere, of which less is known (null). */
export interface AuditRow {
  /** Unique in one audit: `dataset/aspect/name` of our rows, else the file's own id or `train.json row 17`. */
  readonly id: string;
  readonly split: Split | null;
  readonly aspect: Aspect | null;
  readonly imagePrompt: string | null;
  readonly generator: string | null;
  readonly generatorSetting: string | null;
  /** Equal values are one picture: a content hash, or the path where no file could be read; null without an image. */
  readonly imageKey: string | null;
  /** The image can't be used, and why; null when it can, or wasn't looked at. */
  readonly imageProblem: string | null;
  /** Pictures that the row shows; 1 where absent. */
  readonly imageCount?: number;
  /** Pixels of the image that the student sees; null where it wasn't looked at. */
  readonly width: number | null;
  readonly height: number | null;
  /** `FINGERPRINT` bits of the image; null where it wasn't looked at, or has too little in it to compare. */
  readonly fingerprint: Uint8Array | null;
  readonly turns: readonly ReadTurn[];
  /** MOS on 0–5 by aspect, of every aspect that is rated. */
  readonly ratings: Readonly<Partial<Record<Aspect, number>>>;
  /** The word that the row is labelled with, beside the one in its last turn; null where a file has only the turn. */
  readonly wordLabel: WordLabel | null;
  /** The text was written with the MOS in sight; null where nobody said. */
  readonly sawLabel: boolean | null;
}

/** The row's own MOS on 0–5; null where its aspect or its rating isn't known. */
export function mosOf(row: AuditRow): number | null {
  return row.aspect === null ? null : (row.ratings[row.aspect] ?? null);
}

/**
 * @param ratings MOS on 0–5 of every rated aspect of the sample; its own aspect's is taken from the row
 * @param fingerprint of the image, where it was made
 */
export function auditRowOf(
  row: Omit<CorpusRow, 'turns'> & { readonly turns: readonly ReadTurn[] },
  ratings: AuditRow['ratings'] = {},
  fingerprint: Uint8Array | null = null,
): AuditRow {
  return {
    id: rowId(row),
    split: row.split,
    aspect: row.aspect,
    imagePrompt: row.imagePrompt,
    generator: row.generator,
    generatorSetting: row.generatorSetting,
    imageKey: row.imageHash,
    imageProblem: null,
    width: row.width,
    height: row.height,
    fingerprint,
    turns: row.turns,
    ratings: row.mos === null ? ratings : { ...ratings, [row.aspect]: row.mos },
    wordLabel: row.wordLabel,
    sawLabel: row.sawLabel,
  };
}
