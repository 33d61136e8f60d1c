import type { CorpusRow, Split } from '@retort/schema';

/** Where a format's bytes go; the exporter owns the file, its hash and its place. */
export interface ByteSink {
  write(chunk: string | Uint8Array): Promise<void>;
}

/** What a format needs of the export it is part of. */
export interface FormatContext {
  /** Starts a file in the format's own folder. */
  createFile(name: string): Promise<ByteSink>;
  /** Path of a row's image as the consumer is to read it: relative to the corpus folder, with `/`. */
  imagePath(row: CorpusRow): string;
}

/** Takes the rows of one split in order; holds no more than one. */
export interface SplitWriter {
  /** @throws CorpusRowError for a row that the consumer would drop, swap or misread */
  write(row: CorpusRow): Promise<void>;
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

/** The shape one consumer loads. A new one is a file in `formats/` and a line in `registry.ts`. */
export interface CorpusFormat {
  /** Registry name and the format's folder in a corpus. */
  readonly name: string;
  /** Name of a split's file inside that folder. */
  fileName(split: Split): string;
  /** Called for a split when its first row comes, so that an empty split leaves no file. */
  open(split: Split, context: FormatContext): Promise<SplitWriter>;
  sideFiles(context: SideFileContext): readonly SideFile[];
}
