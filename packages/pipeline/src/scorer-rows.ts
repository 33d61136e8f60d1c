import { join } from 'node:path';
import type { Aspect, Split } from '@retort/schema';
import type { PipelineDeps } from './pipeline-deps.ts';
import { writeJsonLines } from './write-json-lines.ts';

/** One image as the scorer sees it: pixels and image prompt; ratings and generator are for evaluation only. */
export interface ScorerRow {
  readonly sampleName: string;
  readonly imagePath: string;
  readonly imageHash: string;
  readonly imagePrompt: string | null;
  readonly generator: string | null;
  readonly generatorSetting: string | null;
  readonly split: Split;
  /** On the 0–5 scale. */
  readonly mos: Readonly<Partial<Record<Aspect, number>>>;
}

/** The rated images of a corpus, each once, by name. */
export function collectScorerRows(deps: PipelineDeps, datasetId: number, corpusKey: string): ScorerRow[] {
  const paths = new Map(deps.store.samples.stamps(datasetId).map(({ name, imagePath }) => [name, imagePath]));
  const rows = new Map<string, ScorerRow>();
  for (const row of deps.store.corpora.rows(corpusKey)) {
    const imagePath = paths.get(row.sampleName);
    if (row.mos === null || imagePath === undefined) continue;
    const known = rows.get(row.sampleName);
    const { sampleName, imageHash, imagePrompt, generator, generatorSetting, split } = row;
    const mos = { ...known?.mos, [row.aspect]: row.mos };
    rows.set(sampleName, {
      sampleName,
      imagePath,
      imageHash,
      imagePrompt,
      generator,
      generatorSetting,
      split,
      mos,
    });
  }
  return [...rows.values()].sort((a, b) => (a.sampleName < b.sampleName ? -1 : 1));
}

/** Writes the list that `encode` reads. */
export function writeImageList(
  deps: PipelineDeps,
  runId: string,
  rows: readonly ScorerRow[],
): Promise<string> {
  return writeJsonLines(
    join(deps.home.run(runId), 'images.jsonl'),
    rows.map((row) => ({ image_hash: row.imageHash, path: row.imagePath, image_prompt: row.imagePrompt })),
  );
}

/** Writes the list that `fit` reads. */
export function writeRowList(deps: PipelineDeps, runId: string, rows: readonly ScorerRow[]): Promise<string> {
  return writeJsonLines(
    join(deps.home.run(runId), 'rows.jsonl'),
    rows.map((row) => ({
      sample_name: row.sampleName,
      image_hash: row.imageHash,
      image_prompt: row.imagePrompt,
      generator: row.generator,
      generator_setting: row.generatorSetting,
      split: row.split,
      mos: row.mos,
    })),
  );
}
