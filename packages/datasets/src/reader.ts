import type { DatasetDescription, ImportedRow, MosScale, Split } from '@retort/schema';
import type { ColumnMapping } from './columns.ts';

/** What a person says about a dataset. Paths are absolute. */
export interface ReaderOptions {
  /** The dataset's folder, or its table (the images are then looked for beside it). */
  readonly path: string;
  /** The table, where it isn't in `path`. */
  readonly csv?: string;
  /** Columns whose names differ from what the reader expects. */
  readonly columns?: ColumnMapping;
  /** Range of the MOS; the reader's own where absent (0–5). */
  readonly scale?: MosScale;
  /** Name of the dataset in the store and in corpora; the reader's own where absent. */
  readonly datasetName?: string;
}

/** Opens one kind of dataset. */
export interface DatasetReader {
  /** Registry name, as in `--dataset`. */
  readonly name: string;
  /** Images on each side of the dataset's published split when it is whole; null where none was published. */
  readonly publishedSplitSizes: Readonly<Record<Split, number>> | null;
  /**
   * Finds the table and the images and checks the header; reads no row yet.
   *
   * @throws DatasetUnreadableError the table is missing, empty, forbidden or not UTF-8; the folder is missing or forbidden
   * @throws MissingColumnError the table lacks a column
   * @throws InvalidDatasetOptionError an option that this kind of dataset has no use for
   */
  open(options: ReaderOptions): Promise<OpenDataset>;
}

/** A dataset whose table and folder were found and whose header is understood. */
export interface OpenDataset {
  readonly description: DatasetDescription;
  /** Absolute paths of the tables whose bytes decide the rows: when they didn't change, neither did the rows. */
  readonly files: readonly string[];
  /**
   * Reads the table from its start, one row at a time, whatever its length; each call is a new reading. A bad row comes
   * as `rejected` and the next one follows.
   *
   * @throws DatasetUnreadableError while iterating, when the table can't be read any further
   */
  rows(): AsyncIterable<ImportedRow>;
}
