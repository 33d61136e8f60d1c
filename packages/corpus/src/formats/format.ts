import type { CorpusRow, Split } from '@retort/schema';
import type { ReadItem } from './read-row.ts';

/** Where a format's bytes go; the exporter owns the file, its hash and its place. */
export interface ByteSink {
  /** A promise only when the caller must wait for room; calls must not overlap. */
  write(chunk: string | Uint8Array): void | Promise<void>;
}

/** A file of an export, open for writing. */
export interface DataFile extends ByteSink {
  /** @param rows how many rows it holds */
  close(rows: number): Promise<void>;
}

/** What a format needs of the export it is part of. */
export interface FormatContext {
  /** Starts a file in the format's own folder. */
  createFile(name: string): Promise<DataFile>;
  /** Path of a row's image as the consumer is to read it: relative to the corpus folder, with `/`, or absolute. */
  imagePath(row: CorpusRow): string;
  /** Bytes of a row's prepared image, a JPEG; for formats that carry their images. */
  readImage(row: CorpusRow): Promise<Uint8Array>;
}

/** Takes the rows of one split in order; holds no more than a row group. */
export interface SplitWriter {
  /**
   * A promise only when the caller must wait.
   *
   * @throws CorpusRowError for a row that the consumer would drop, swap or misread
   */
  write(row: CorpusRow): void | Promise<void>;
  close(): Promise<void>;
}

/** A small text file beside the data, such as a LoRA configuration. */
export interface SideFile {
  readonly name: string;
  readonly text: string;
}

export interface SideFileContext {
  readonly corpusKey: string;
  /** Splits that have rows. */
  readonly splits: readonly Split[];
  /** Tokens a row may have for the trainer; what trainers default to unless given. */
  readonly maxTokens?: number;
}

/** The shape one consumer loads, both ways. A new one is a file in `formats/` and a line in `registry.ts`. */
export interface CorpusFormat {
  /** Registry name and the format's folder in a corpus. */
  readonly name: string;
  /** True where the files carry the images' bytes, so that an export needs no image beside them. */
  readonly embedsImages: boolean;
  /** A split's files inside that folder, as a glob: one name, or `train-*.parquet` where there are shards. */
  fileGlob(split: Split): string;
  /** Called for a split when its first row comes, so that an empty split leaves no file. */
  open(split: Split, context: FormatContext): Promise<SplitWriter>;
  sideFiles(context: SideFileContext): readonly SideFile[];
  /**
   * Rows of files in this format, ours or anybody's, in order and one at a time. What can't be a row comes as `unreadable`.
   *
   * @param files paths of data files, as `findFormatOf` lists them
   * @throws the file system's error when a file can't be opened
   */
  read(files: readonly string[]): AsyncIterable<ReadItem>;
}
