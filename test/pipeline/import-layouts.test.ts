import { join } from 'node:path';
import { isImportDue, preparedSamples } from '@retort/pipeline';
import { expect, it } from 'vitest';
import { makeDatasets } from '../fixtures/datasets/make-datasets.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { folderPlan, importRun, openBed, prepareRun } from './pipeline-bed.ts';

const layoutPlan = (path: string, reader: string, limit: number) => {
  const plan = folderPlan(path);
  return { ...plan, limit, dataset: { ...plan.dataset, reader } };
};

it('imports and prepares AIGCIQA2023 and AIGIQA-20K in their own layouts, with real images', async () => {
  const deps = openBed();
  const output = temporaryFolder();
  await makeDatasets(output);
  for (const [reader, samples, prepared] of [
    ['aigciqa2023', 2400, 24],
    ['aigiqa-20k', 8, 8],
  ] as const) {
    const plan = layoutPlan(join(output, reader), reader, prepared);
    const run = await importRun(deps, plan);
    expect(deps.store.datasets.countRejectedRows(run.dataset.id)).toBe(0);
    expect(deps.store.samples.stamps(run.dataset.id)).toHaveLength(samples);
    expect(await isImportDue(deps, plan)).toBe(false);
    await prepareRun(deps, run);
    const ready = [...preparedSamples(deps, deps.store.samples.stamps(run.dataset.id))];
    expect(ready).toHaveLength(prepared);
    expect(ready.every(({ image, ratings }) => image?.width === 48 && ratings.length > 0)).toBe(true);
    expect(deps.store.datasets.hasPublishedSplit(run.dataset.id)).toBe(reader === 'aigiqa-20k');
  }
});
