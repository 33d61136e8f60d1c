import { mkdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, matchesGlob } from 'node:path';
import { type CorpusRow, hashHex, type Split } from '@retort/schema';
import type { AuditReport } from '../audit/finding.ts';
import { createRowsHasher } from '../build-corpus.ts';
import type { DocumentsInput, ExportedFormat } from '../documents/documents-input.ts';
import { exportDocuments } from '../documents/export-documents.ts';
import { CorpusRowError } from '../errors.ts';
import type { AnyIterable } from '../evaluation-row.ts';
import type { CorpusFormat, FormatContext, SplitWriter } from '../formats/format.ts';
import type { CorpusManifest } from '../manifest.ts';
import { rowId } from '../row-id.ts';
import { splitsWithRows } from '../training-command.ts';
import { AUDIT_FILE, type FileSums, IMAGES_FOLDER, MANIFEST_FILE } from './export-files.ts';
import { createHashedFile, type HashedFile } from './hashed-file.ts';
import { placeImage } from './place-image.ts';

export interface WriteExportOptions {
  readonly rows: AnyIterable<CorpusRow>;
  readonly formats: readonly CorpusFormat[];
  readonly images: (row: CorpusRow) => string;
  readonly manifest: CorpusManifest;
  readonly audit: AuditReport;
  readonly manifestText: string;
  readonly auditText: string;
  readonly documents?: ExportFacts | undefined;
}

/** What the documents of an export say beyond the corpus itself. */
export type ExportFacts = Pick<DocumentsInput, 'teachers' | 'command' | 'tokenShares' | 'maxTokens'>;

const NO_FACTS: ExportFacts = { teachers: [], command: null, tokenShares: [], maxTokens: null };

/** Fills an empty folder with a corpus, in one pass over the rows; returns the checksums of all files but their own. */
export async function writeExport(dir: string, options: WriteExportOptions): Promise<FileSums> {
  const { manifest, formats } = options;
  const files = createFileSet(dir);
  try {
    await mkdir(join(dir, IMAGES_FOLDER));
    await writeRows(files, options);
    const splits = splitsWithRows(manifest.rowsBySplit);
    for (const format of formats) {
      const { maxTokens } = options.documents ?? NO_FACTS;
      const limit = maxTokens === null ? {} : { maxTokens };
      for (const side of format.sideFiles({ corpusKey: manifest.key, splits, ...limit })) {
        await files.writeText(`${format.name}/${side.name}`, side.text);
      }
    }
    const documents = exportDocuments({
      ...(options.documents ?? NO_FACTS),
      manifest,
      audit: options.audit,
      formats: await exportedFormats(files, formats, manifest),
    });
    for (const document of documents) await files.writeText(document.name, document.text);
    await files.writeText(AUDIT_FILE, options.auditText);
    await files.writeText(MANIFEST_FILE, options.manifestText);
  } finally {
    await files.closeAll();
  }
  return files.sums;
}

/** The data files with their sizes and sums; closes them. */
async function exportedFormats(
  files: FileSet,
  formats: readonly CorpusFormat[],
  { rowsBySplit }: CorpusManifest,
): Promise<readonly ExportedFormat[]> {
  await files.closeAll();
  const filesOf = async (format: CorpusFormat, split: Split) => {
    const glob = `${format.name}/${format.fileGlob(split)}`;
    const found = [...files.sums].filter(([path]) => matchesGlob(path, glob));
    return Promise.all(
      found.map(async ([path, sha256]) => {
        const { size: bytes } = await stat(files.pathOf(path));
        return { path, split, bytes, sha256, rows: rowsBySplit[split] };
      }),
    );
  };
  return Promise.all(
    formats.map(async (format) => {
      const bySplit = await Promise.all(splitsWithRows(rowsBySplit).map((split) => filesOf(format, split)));
      return { name: format.name, files: bySplit.flat() };
    }),
  );
}

async function writeRows(files: FileSet, options: WriteExportOptions): Promise<void> {
  const hasher = createRowsHasher();
  const writers = createSplitWriters(files, options);
  for await (const row of options.rows) {
    hasher.add(row);
    const path = imagePath(row);
    if (!files.sums.has(path)) {
      await placeImage(rowId(row), options.images(row), files.pathOf(path));
      files.sums.set(path, hashHex(row.blobHash));
    }
    for (const writer of await writers.of(row.split)) await writer.write(row);
  }
  await writers.close();
  const rowsHash = hasher.digest();
  if (rowsHash === options.manifest.rowsHash) return;
  throw new CorpusRowError(
    options.manifest.key,
    `expected the rows the manifest was built from (${options.manifest.rowsHash}), got others (${rowsHash}): build both from the same rows.`,
  );
}

function createSplitWriters(files: FileSet, { formats, images }: WriteExportOptions) {
  const open = new Map<Split, readonly SplitWriter[]>();
  return {
    async of(split: Split): Promise<readonly SplitWriter[]> {
      const known = open.get(split);
      if (known !== undefined) return known;
      const opened = await Promise.all(
        formats.map((format) => format.open(split, contextOf(files, format, images))),
      );
      open.set(split, opened);
      return opened;
    },
    async close(): Promise<void> {
      for (const writers of open.values()) for (const writer of writers) await writer.close();
    },
  };
}

function contextOf(files: FileSet, format: CorpusFormat, images: (row: CorpusRow) => string): FormatContext {
  return {
    async createFile(name) {
      const path = `${format.name}/${name}`;
      const file = await files.create(path);
      return { write: (chunk) => file.write(chunk), close: () => files.close(path) };
    },
    imagePath,
    readImage: (row) => readFile(images(row)),
  };
}

/** An image's path in a corpus, from the corpus folder. Prepared images are JPEG. */
function imagePath(row: CorpusRow): string {
  return `${IMAGES_FOLDER}/${hashHex(row.blobHash)}.jpg`;
}

type FileSet = ReturnType<typeof createFileSet>;

/** Files of an export under one folder, with their checksums by relative path. */
function createFileSet(dir: string) {
  const open = new Map<string, HashedFile>();
  const sums = new Map<string, string>();
  const create = async (path: string): Promise<HashedFile> => {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    const file = await createHashedFile(join(dir, path));
    open.set(path, file);
    return file;
  };
  return {
    sums,
    create,
    pathOf: (path: string) => join(dir, path),
    async close(path: string): Promise<void> {
      const file = open.get(path);
      open.delete(path);
      if (file !== undefined) sums.set(path, await file.close());
    },
    async writeText(path: string, text: string): Promise<void> {
      await (await create(path)).write(text);
    },
    async closeAll(): Promise<void> {
      const closed = await Promise.allSettled(
        [...open].map(async ([path, file]) => sums.set(path, await file.close())),
      );
      open.clear();
      for (const result of closed) if (result.status === 'rejected') throw result.reason;
    },
  };
}
