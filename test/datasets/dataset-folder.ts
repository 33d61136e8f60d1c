import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ImportedRow, ImportedSample, RejectedRow } from '@retort/schema';
import { onTestFinished } from 'vitest';
import type { OpenDataset } from '../../packages/datasets/src/index.ts';

/** A folder that goes when the test is over. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'retort-datasets-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes `data.csv` and a file for each image; a reader doesn't look into them. */
export function writeDataset(folder: string, table: string | Uint8Array, images: readonly string[]) {
  return writeFiles(folder, { 'data.csv': table }, images);
}

/** Writes tables by name and a file for each image. */
export async function writeFiles(
  folder: string,
  tables: Readonly<Record<string, string | Uint8Array>>,
  images: readonly string[],
): Promise<void> {
  for (const [name, text] of Object.entries(tables)) await writeFile(path.join(folder, name), text);
  for (const name of images) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, 'not looked at');
  }
}

/** CSV text with every field quoted, `\n` at each line's end. */
export function csvText(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `${row.map((field) => `"${field.replaceAll('"', '""')}"`).join(',')}\n`).join('');
}

/** What a dataset yields, sorted by kind. */
export async function readAll(
  dataset: OpenDataset,
): Promise<{ rows: ImportedRow[]; samples: ImportedSample[]; rejected: RejectedRow[] }> {
  const rows = await collect(dataset.rows());
  return {
    rows,
    samples: rows.flatMap((row) => (row.kind === 'sample' ? [row.sample] : [])),
    rejected: rows.flatMap((row) => (row.kind === 'rejected' ? [row.rejected] : [])),
  };
}

/** Everything an iterable yields. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
