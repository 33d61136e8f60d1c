import type { Aspect } from './aspect.ts';
import type { Split } from './split.ts';
import type { MosScale } from './word-label.ts';

/** What people said of one sample and aspect, in the dataset's own scale. `mosStd` is null where it isn't published. */
export interface Rating {
  readonly aspect: Aspect;
  readonly mos: number;
  readonly mosStd: number | null;
}

/** One image of a dataset as its reader delivers it: names checked and inside the folder, pixels not yet looked at. */
export interface ImportedSample {
  /** Unique in the dataset: the image's path relative to the image folder, with `/`. */
  readonly name: string;
  /** Absolute path of the image file. */
  readonly imagePath: string;
  /** The text the image was generated from; null where the dataset has none. */
  readonly imagePrompt: string | null;
  /** The text-to-image model; null where unknown. */
  readonly generator: string | null;
  /** The model with its setting (steps, guidance …); equals `generator` where a dataset knows no settings. */
  readonly generatorSetting: string | null;
  /** Side on which the dataset's authors, or a paper about it, put the image; null where none was published. */
  readonly publishedSplit: Split | null;
  readonly ratings: readonly Rating[];
  /** Line of the dataset's file it came from, counted from 1 with the header. */
  readonly row: number;
}

/** A row set aside: what was wrong and where, so that a person can mend it. */
export interface RejectedRow {
  readonly file: string;
  /** Line of the file, counted from 1 with its header; null when the row is a whole file (an image). */
  readonly row: number | null;
  readonly name: string | null;
  /** One sentence: what was expected, what came, what to do. */
  readonly reason: string;
}

/** What a reader yields, in the order of the file. */
export type ImportedRow =
  | { readonly kind: 'sample'; readonly sample: ImportedSample }
  | { readonly kind: 'rejected'; readonly rejected: RejectedRow };

/** What is known of a dataset before its rows are read. */
export interface DatasetDescription {
  /** Registry name of the reader: `agiqa-3k`, `csv`. */
  readonly reader: string;
  /** Shown to people and written to corpora: `agiqa-3k`, or the name a user gave to a CSV. */
  readonly name: string;
  readonly scale: MosScale;
  /** Aspects this dataset has ratings for; empty when it has none. */
  readonly ratedAspects: readonly Aspect[];
  readonly licence: string | null;
  readonly source: string | null;
}
