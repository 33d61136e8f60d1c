import { join } from 'node:path';
import { descriptionOf } from '@retort/corpus';
import { type Aspect, type CorpusRow, type Split, sha256 } from '@retort/schema';
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
  /** What the teacher wrote; only where it was asked for, and of train rows alone: it may have been written with the MOS in sight. */
  readonly descriptions?: Descriptions;
}

type Descriptions = Readonly<Partial<Record<Aspect, string>>>;

/** The rated images of a corpus, each once, by name; `described`: train rows with the teacher's descriptions. */
export function collectScorerRows(
  deps: PipelineDeps,
  {
    datasetId,
    corpusKey,
    described,
  }: { readonly datasetId: number; readonly corpusKey: string; readonly described: boolean },
): ScorerRow[] {
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
      ...(described ? withDescription(known, row) : {}),
    });
  }
  return [...rows.values()].sort((a, b) => (a.sampleName < b.sampleName ? -1 : 1));
}

function withDescription(known: ScorerRow | undefined, row: CorpusRow): Pick<ScorerRow, 'descriptions'> {
  const text = row.split === 'train' ? descriptionOf(row) : null;
  const descriptions = { ...known?.descriptions, ...(text === null ? {} : { [row.aspect]: text }) };
  return Object.keys(descriptions).length === 0 ? {} : { descriptions };
}

/** Writes the list that `encode` reads. */
export function writeImageList(
  deps: PipelineDeps,
  runId: string,
  rows: readonly ScorerRow[],
): Promise<string> {
  return writeJsonLines(
    join(deps.home.run(runId), 'images.jsonl'),
    rows.map(({ imageHash, imagePath, imagePrompt, descriptions }) => ({
      image_hash: imageHash,
      path: imagePath,
      image_prompt: imagePrompt,
      ...(descriptions === undefined ? {} : { descriptions }),
    })),
  );
}

/** Writes the list that `fit` reads; a description is named by the key of its features. */
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
      ...(row.descriptions === undefined ? {} : { descriptions: keysOf(row.descriptions) }),
    })),
  );
}

function keysOf(descriptions: Descriptions): Record<string, string> {
  return Object.fromEntries(Object.entries(descriptions).map(([aspect, text]) => [aspect, sha256(text)]));
}
