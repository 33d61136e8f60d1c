import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { findReader, type OpenDataset } from '@retort/datasets';
import {
  canonicalJson,
  type ImportedRow,
  type RejectedRow,
  RetortError,
  type RunPlan,
  sha256,
} from '@retort/schema';
import type { DatasetRow } from '@retort/store';
import type { PipelineDeps } from './pipeline-deps.ts';

/** Rows a transaction: short enough for other writers, long enough for speed. */
const ROWS_PER_COMMIT = 1000;

export class RejectedRowError extends RetortError {
  readonly code = 'dataset-row-rejected';
  constructor({ file, row, name, reason }: RejectedRow) {
    const where = row === null ? file : `${file}, line ${row}`;
    super(
      `${where}${name === null ? '' : ` (${name})`}: ${reason} Without --strict such rows are set aside.`,
    );
  }
}

/** A dataset is its files and how they are read. */
export function datasetKeyOf(plan: RunPlan): string {
  return sha256(canonicalJson(plan.dataset));
}

/** The dataset of a plan as it was imported; null before its import is whole. */
export function importedDataset(deps: PipelineDeps, plan: RunPlan): DatasetRow | null {
  const dataset = deps.store.datasets.find(datasetKeyOf(plan));
  return dataset?.contentHash === null ? null : dataset;
}

/** Opens the dataset of a plan; reads no row. */
export function openDataset(plan: Pick<RunPlan, 'dataset'>): Promise<OpenDataset> {
  const { reader, path, csv, columns, scale, name } = plan.dataset;
  return findReader(reader).open({
    path,
    ...(csv === null ? {} : { csv }),
    ...(columns === null ? {} : { columns }),
    ...(scale === null ? {} : { scale }),
    ...(name === null ? {} : { datasetName: name }),
  });
}

/** True when the dataset was never read whole, has changed, or has rows set aside that read differently now. */
export async function isImportDue(deps: PipelineDeps, plan: RunPlan): Promise<boolean> {
  const dataset = importedDataset(deps, plan);
  if (dataset === null) return true;
  // Homes from before published sides were stored have none until they import again.
  if (plan.splitBy === 'paper' && !deps.store.datasets.hasPublishedSplit(dataset.id)) return true;
  const known = deps.store.datasets.importRejections(dataset.id);
  if (plan.strict && known.length > 0) return true;
  const { files, rows } = await openDataset(plan);
  if ((await contentHashOf(files)) !== dataset.contentHash) return true;
  return known.length > 0 && canonicalJson(await rejectionsOf(rows())) !== canonicalJson(known);
}

/** Before a strict import touches what an earlier one stored. @throws RejectedRowError */
async function refuseRejected(rows: AsyncIterable<ImportedRow>): Promise<void> {
  for await (const row of rows) if (row.kind === 'rejected') throw new RejectedRowError(row.rejected);
}

async function rejectionsOf(rows: AsyncIterable<ImportedRow>): Promise<RejectedRow[]> {
  const rejections: RejectedRow[] = [];
  for await (const row of rows) if (row.kind === 'rejected') rejections.push(row.rejected);
  return rejections;
}

/**
 * Reads a dataset into the store; bad rows are kept with their reason. Reading it again changes only what changed.
 *
 * @throws RejectedRowError the plan is strict and a row is bad: nothing of this import counts
 */
export async function importDataset(
  deps: PipelineDeps,
  plan: RunPlan,
  onProgress: (rows: number) => void,
): Promise<void> {
  const { store } = deps;
  const dataset = await openDataset(plan);
  const contentHash = await contentHashOf(dataset.files);
  if (plan.strict) await refuseRejected(dataset.rows());
  const id = store.datasets.save(datasetKeyOf(plan), dataset.description);
  store.transaction(() => store.datasets.beginImport(id));
  let rows = 0;
  let batch: ImportedRow[] = [];
  const commit = (): void => {
    store.transaction(() => {
      for (const row of batch) {
        if (row.kind === 'sample') store.datasets.saveSample(id, row.sample);
        else store.datasets.saveRejectedRow(id, row.rejected);
      }
    });
    rows += batch.length;
    batch = [];
    onProgress(rows);
  };
  for await (const row of dataset.rows()) {
    batch.push(row);
    if (batch.length >= ROWS_PER_COMMIT) commit();
  }
  commit();
  store.datasets.finishImport(id, contentHash);
}

async function contentHashOf(files: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files) for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return `sha256:${hash.digest('hex')}`;
}
