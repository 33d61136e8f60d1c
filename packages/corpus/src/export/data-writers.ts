import { readFile } from 'node:fs/promises';
import type { CorpusRow, Split } from '@retort/schema';
import type { ExportedFile } from '../documents/documents-input.ts';
import type { CorpusFormat, FormatContext, SplitWriter } from '../formats/format.ts';
import type { FileSet } from './file-set.ts';

/** A data file that was written, and its format. */
export interface WrittenFile extends ExportedFile {
  readonly format: string;
}

export interface DataWriterOptions {
  readonly formats: readonly CorpusFormat[];
  /** Where the prepared image of a row lies. */
  readonly images: (row: CorpusRow) => string;
  /** How the files name it. */
  readonly imagePath: (row: CorpusRow) => string;
}

/** Every format's writer of a split, opened when its first row comes. */
export function createDataWriters(files: FileSet, options: DataWriterOptions) {
  const open = new Map<Split, readonly SplitWriter[]>();
  const written: WrittenFile[] = [];
  const contextOf = (format: CorpusFormat, split: Split): FormatContext => ({
    async createFile(name) {
      const path = `${format.name}/${name}`;
      const file = await files.create(path);
      return {
        write: (chunk) => file.write(chunk),
        async close(rows) {
          const sha256 = await files.close(path);
          written.push({ format: format.name, split, path, rows, bytes: await files.bytesOf(path), sha256 });
        },
      };
    },
    imagePath: options.imagePath,
    readImage: (row) => readFile(options.images(row)),
  });
  return {
    /** Data files, as they were closed. */
    written,
    of(split: Split): readonly SplitWriter[] | undefined {
      return open.get(split);
    },
    async open(split: Split): Promise<readonly SplitWriter[]> {
      const writers = await Promise.all(
        options.formats.map((format) => format.open(split, contextOf(format, split))),
      );
      open.set(split, writers);
      return writers;
    },
    async close(): Promise<void> {
      for (const writers of open.values()) for (const writer of writers) await writer.close();
    },
  };
}
