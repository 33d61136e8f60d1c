import { existsSync } from 'node:fs';
import type { CorpusRow } from '@retort/schema';
import type { AuditReport } from '../audit/finding.ts';
import { createRowsHasher } from '../build-corpus.ts';
import type { DocumentsInput } from '../documents/documents-input.ts';
import { exportDocuments } from '../documents/export-documents.ts';
import { CorpusImageMissingError, CorpusRowError } from '../errors.ts';
import type { AnyIterable } from '../evaluation-row.ts';
import type { ByteSink, CorpusFormat } from '../formats/format.ts';
import { jsonLine } from '../formats/json-text.ts';
import type { CorpusManifest } from '../manifest.ts';
import { rowId } from '../row-id.ts';
import { isLeftOut, type LeftOutRow } from '../shape/left-out.ts';
import { splitsWithRows } from '../training-command.ts';
import { createDataWriters, type WrittenFile } from './data-writers.ts';
import {
  AUDIT_FILE,
  type FileSum,
  formatSum,
  type ImagePlacement,
  LEFT_OUT_FILE,
  MANIFEST_FILE,
  ROWS_FILE,
  SUMS_FILE,
} from './export-files.ts';
import { exportedRow } from './exported-row.ts';
import { createFileSet, type FileSet } from './file-set.ts';
import { createImageFolder, imagePathIn } from './image-folder.ts';
import type { PlacedAs } from './place-image.ts';

export interface WriteExportOptions {
  readonly rows: AnyIterable<CorpusRow | LeftOutRow>;
  readonly formats: readonly CorpusFormat[];
  readonly images: (row: CorpusRow) => string;
  readonly placement: ImagePlacement;
  readonly placedAs: PlacedAs;
  readonly maxTokens: number | null;
  readonly onRow?: (() => void) | undefined;
  readonly manifest: CorpusManifest;
  readonly audit: AuditReport;
  readonly manifestText: string;
  readonly auditText: string;
  readonly documents?: ExportFacts | undefined;
}

/** What the documents of an export say beyond the corpus itself. `tokenShares` is read when the rows are written. */
export type ExportFacts = Pick<DocumentsInput, 'teachers' | 'command' | 'tokenShares'> &
  Partial<Pick<DocumentsInput, 'joined'>>;

const NO_FACTS: ExportFacts = { teachers: [], command: null, tokenShares: [] };

/** Fills an empty folder with a corpus, in one pass over the rows, checksums last. @returns its data files */
export async function writeExport(dir: string, options: WriteExportOptions): Promise<readonly WrittenFile[]> {
  const files = createFileSet(dir);
  const images = createImageFolder(dir, options.placedAs);
  try {
    const written = await writeRows(files, images, options);
    await writeSideFiles(files, options);
    await writeDocuments(files, written, options);
    await files.writeText(AUDIT_FILE, options.auditText);
    await files.writeText(MANIFEST_FILE, options.manifestText);
    await writeSums(files, images.sums());
    return written;
  } finally {
    await files.closeAll();
  }
}

async function writeRows(
  files: FileSet,
  images: ReturnType<typeof createImageFolder>,
  options: WriteExportOptions,
): Promise<readonly WrittenFile[]> {
  const imageOf = ofLastRow(options.images);
  const imagePath = options.placement === 'path' ? imageOf : imagePathIn;
  const hasher = createRowsHasher();
  const writers = createDataWriters(files, { ...options, imagePath });
  const rowsFile = await files.create(ROWS_FILE);
  const leftOut = createLeftOutList(files);
  for await (const row of options.rows) {
    if (isLeftOut(row)) {
      await leftOut.add(row);
      continue;
    }
    hasher.add(row);
    // What is awaited is what has to be: at a million rows each turn of the event loop counts.
    if (options.placement === 'folder') await images.place(row, imageOf(row));
    else assertImage(row, imageOf(row));
    const image = options.placement === 'embedded' ? null : imagePath(row);
    const waits = rowsFile.write(`${jsonLine(exportedRow(row, image))}\n`);
    if (waits !== undefined) await waits;
    for (const writer of writers.of(row.split) ?? (await writers.open(row.split))) {
      const full = writer.write(row);
      if (full !== undefined) await full;
    }
    options.onRow?.();
  }
  await writers.close();
  await files.close(ROWS_FILE);
  await leftOut.close();
  assertSameRows(hasher.digest(), options.manifest);
  return writers.written;
}

/** The same function, which works once for a row that several ask about in turn. */
function ofLastRow(pathOf: (row: CorpusRow) => string): (row: CorpusRow) => string {
  let last: { readonly row: CorpusRow; readonly path: string } | null = null;
  return (row) => {
    if (last?.row !== row) last = { row, path: pathOf(row) };
    return last.path;
  };
}

/** left-out.jsonl, which isn't there when nothing is in it. */
function createLeftOutList(files: FileSet) {
  let list: ByteSink | null = null;
  return {
    async add(row: LeftOutRow): Promise<void> {
      list ??= await files.create(LEFT_OUT_FILE);
      await list.write(`${jsonLine(row)}\n`);
    },
    async close(): Promise<void> {
      if (list !== null) await files.close(LEFT_OUT_FILE);
    },
  };
}

function assertImage(row: CorpusRow, path: string): void {
  if (!existsSync(path)) throw new CorpusImageMissingError(rowId(row), path, null);
}

function assertSameRows(rowsHash: string, manifest: CorpusManifest): void {
  if (rowsHash === manifest.rowsHash) return;
  throw new CorpusRowError(
    manifest.key,
    `expected the rows the manifest was built from (${manifest.rowsHash}), got others (${rowsHash}): build both from the same rows.`,
  );
}

async function writeSideFiles(files: FileSet, { manifest, formats, maxTokens }: WriteExportOptions) {
  const context = {
    corpusKey: manifest.key,
    splits: splitsWithRows(manifest.rowsBySplit),
    ...(maxTokens === null ? {} : { maxTokens }),
  };
  for (const format of formats) {
    for (const side of format.sideFiles(context)) {
      await files.writeText(`${format.name}/${side.name}`, side.text);
    }
  }
}

async function writeDocuments(files: FileSet, written: readonly WrittenFile[], options: WriteExportOptions) {
  const { manifest, audit, formats, maxTokens, placement, documents = NO_FACTS } = options;
  const exported = formats.map(({ name }) => ({
    name,
    files: written.filter(({ format }) => format === name),
  }));
  const facts = { joined: null, ...documents };
  const input = { ...facts, manifest, audit, formats: exported, images: placement, maxTokens };
  for (const { name, text } of exportDocuments(input)) await files.writeText(name, text);
}

/** The lines of `sha256sum`, ordered by path. The images' come from the folder, one at a time. */
async function writeSums(files: FileSet, images: AsyncIterable<FileSum>): Promise<void> {
  const others = files.sums();
  const sums = await files.create(SUMS_FILE);
  let next = 0;
  for await (const image of images) {
    for (let other = others[next]; other !== undefined && other.path < image.path; other = others[next]) {
      await sums.write(formatSum(other));
      next += 1;
    }
    await sums.write(formatSum(image));
  }
  for (const other of others.slice(next)) await sums.write(formatSum(other));
  await files.close(SUMS_FILE);
}
