import { join } from 'node:path';
import { buildCorpus, type CorpusMeta, exportCorpus } from '@retort/corpus';
import type { CorpusRow } from '@retort/schema';
import { keepHeapSmall } from '../../../packages/cli/src/keep-heap-small.ts';
import { blobPath, syntheticRows } from '../synthetic/rows.ts';
import { readTextPool } from '../synthetic/text-pool.ts';
import { measure } from './measure.ts';
import { readTask } from './task.ts';

const META: CorpusMeta = {
  splitBy: 'image-prompt',
  seed: 0,
  fractions: { train: 0.8, val: 0.1, test: 0.1 },
  promptVersions: {},
  sources: [{ dataset: 'synthetic', source: null, licence: null }],
};

keepHeapSmall(); // as distill does
const task = await readTask(process.argv.slice(2));
const pool = await readTextPool(task.pool);

/** `exportCorpus` as the product calls it. The corpus is named before, since that is another stage's work. */
async function prepareExport(count: number, dir: string) {
  const { manifest } = await buildCorpus(syntheticRows(pool, count), META);
  return async (rows: Iterable<CorpusRow>): Promise<void> => {
    await exportCorpus({
      rows,
      dir,
      formats: ['minicpm-v'],
      images: (row) => blobPath(task.blobs, row.blobHash),
      imageMode: 'path',
      manifest,
      audit: { rows: count, findings: [] },
    });
  };
}

const warmUp = await prepareExport(task.warmUp, join(task.out, 'warm-up'));
await warmUp(syntheticRows(pool, task.warmUp));
const exportRows = await prepareExport(task.rows, join(task.out, 'corpus'));
await measure(() => syntheticRows(pool, task.rows), exportRows);
