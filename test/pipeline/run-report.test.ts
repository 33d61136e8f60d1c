import { readFileSync, rmSync } from 'node:fs';
import {
  buildRunCorpus,
  corpusInputKey,
  exportRunCorpus,
  isReportDue,
  type PipelineDeps,
  readReport,
  reportFiles,
  writeRunReport,
} from '@retort/pipeline';
import { describe, expect, it } from 'vitest';
import {
  type BedRun,
  folderPlan,
  openBed,
  prepareRun,
  runToAnswers,
  samplePlan,
  writeDataset,
} from './pipeline-bed.ts';

async function exported(deps: PipelineDeps, run: BedRun): Promise<void> {
  const corpusKey = await buildRunCorpus(deps, run);
  deps.store.runs.saveStageResult('audit', await corpusInputKey(deps, run.id, run.plan), { corpusKey });
  await exportRunCorpus(deps, corpusKey);
}

describe('writeRunReport', () => {
  it('tells of a run that was not fitted yet, in a page and in figures', async () => {
    const deps = openBed();
    const run = await runToAnswers(deps, samplePlan(100));
    await exported(deps, run);
    expect(await isReportDue(deps, run)).toBe(true);
    expect(await readReport(deps, run.id)).toBeNull();
    const { html } = await writeRunReport(deps, run);
    expect(await isReportDue(deps, run)).toBe(false);
    expect(readFileSync(html, 'utf8')).toContain('agiqa-3k');
    expect(await readReport(deps, run.id)).toMatchObject({
      run: { id: run.id, teacher: 'replay', recorded: true, saw_label: true },
      fit: null,
      fit_skipped_reason: expect.stringContaining('not come to the fit'),
    });
  });

  it('is due when one of its files is gone', async () => {
    const deps = openBed();
    const run = await runToAnswers(deps, samplePlan(6));
    await exported(deps, run);
    await writeRunReport(deps, run);
    rmSync(reportFiles(deps, run.id).json);
    expect(await isReportDue(deps, run)).toBe(true);
  });

  it('is due when the data are as they were before it was last written', async () => {
    const deps = openBed();
    const names = ['glide_normal_001.jpg', 'glide_normal_002.jpg'];
    const folder = writeDataset(['name', ...names], Object.fromEntries(names.map((name) => [name, name])));
    const run = await runToAnswers(deps, folderPlan(folder, { aspects: ['quality'] }));
    await exported(deps, run);
    await writeRunReport(deps, run);
    const [sample] = deps.store.samples.findByName(names[0] ?? '');
    const refused = {
      kind: 'rejected',
      recipe: 'r',
      reason: 'Gone.',
      stamp: { bytes: 0, modifiedMs: 0 },
    } as const;
    deps.store.samples.savePrepared(sample?.id ?? 0, refused);
    await exported(deps, run);
    await writeRunReport(deps, run);
    expect((await readReport(deps, run.id))?.counts.rejected_total).toBe(1);
    await prepareRun(deps, run); // the picture is sound again
    expect(await isReportDue(deps, run)).toBe(true);
    await writeRunReport(deps, run);
    expect((await readReport(deps, run.id))?.counts.rejected_total).toBe(0);
  });
});
