import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  ASPECTS,
  type Aspect,
  canonicalJson,
  RetortError,
  type RunPlan,
  type Split,
  sha256,
} from '@retort/schema';
import { DEFAULT_PROFILE, type Profile, readProfiles } from '@retort/scorer';
import type { DatasetRow } from '@retort/store';
import { z } from 'zod';
import type { PipelineDeps } from './pipeline-deps.ts';
import { tunedStagesFile } from './tuned-stages.ts';
import { writeJsonLines } from './write-json-lines.ts';

/** Versions of the encoders; the scorer reads the same file. */
const ENCODER_REVISIONS = new URL('../../scorer/encoder-revisions.json', import.meta.url);
const revisionsSchema = z.strictObject({ image: z.string(), text: z.string() });
export type EncoderRevisions = z.infer<typeof revisionsSchema>;

/** The scorer's own code: a fit by other code is another fit. */
const SCORER_CODE = new URL('../../scorer/retort_scorer/', import.meta.url);

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

export interface ScorerInputs {
  readonly rows: readonly ScorerRow[];
  /** Aspects with ratings, in their usual order. */
  readonly aspects: readonly Aspect[];
  /** Name of the encoder that makes the features. */
  readonly encoder: string;
  readonly revisions: EncoderRevisions;
  /** Changes when the features would. */
  readonly encodeKey: string;
  /** Name of the training run. */
  readonly fitKey: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** What the scorer is trained on once more at the end; absent: nothing. */
  readonly refit?: 'all';
  /** Legacy: test chooses the epoch; absent: val does. */
  readonly protocol?: 'legacy';
}

export class ProfileUnknownError extends RetortError {
  readonly code = 'not-found';
  constructor(name: string, known: readonly string[]) {
    super(`There is no profile ${name} of the scorer: known are ${known.join(', ')}.`);
  }
}

/** What encode and fit work on: the rated images of a corpus, each once, with the split that all aspects share. */
export async function scorerInputs(
  deps: PipelineDeps,
  run: { readonly plan: RunPlan; readonly dataset: DatasetRow; readonly corpusKey: string },
): Promise<ScorerInputs> {
  const rows = collectRows(deps, run.dataset.id, run.corpusKey);
  const { profile: name, seed, scorerConfig, refit, protocol } = run.plan;
  const profile = profileOf(name);
  const { encoder, revisions } = await encoderOf(deps, profile, run.plan.tunedStages);
  const config = { seed, ...profile.config, ...scorerConfig };
  // Absent members leave the keys of fits as they were without them.
  const more = {
    ...(refit === undefined ? {} : { refit }),
    ...(protocol === undefined ? {} : { protocol }),
  };
  const aspects = ASPECTS.filter((aspect) => rows.some(({ mos }) => mos[aspect] !== undefined));
  const hash = createHash('sha256');
  for (const { imagePath, ...row } of rows) hash.update(canonicalJson(row)).update('\n');
  const images = rows.map(({ imageHash, imagePrompt }) => [imageHash, imagePrompt]);
  return {
    rows,
    aspects,
    encoder,
    revisions,
    config,
    ...more,
    encodeKey: sha256(canonicalJson({ images, revisions })),
    fitKey: sha256(
      canonicalJson({
        code: await scorerCodeHash(),
        rows: hash.digest('hex'),
        aspects,
        config,
        revisions,
        ...more,
      }),
    ),
  };
}

/** The profile's encoder, or the one that reads the tuned stages which the home keeps under their revision. */
async function encoderOf(
  { home }: PipelineDeps,
  profile: Profile,
  tunedStages: string | undefined,
): Promise<Pick<ScorerInputs, 'encoder' | 'revisions'>> {
  const revisions = await readEncoderRevisions(profile.encoder);
  if (tunedStages === undefined) return { encoder: profile.encoder, revisions };
  const file = tunedStagesFile(home, tunedStages);
  return { encoder: `tuned:${file}`, revisions: { ...revisions, image: tunedStages } };
}

function profileOf(name: string = DEFAULT_PROFILE): Profile {
  const profiles = readProfiles();
  const profile = profiles[name];
  if (profile === undefined) throw new ProfileUnknownError(name, Object.keys(profiles));
  return profile;
}

/** Revisions of an encoder: others give other features. */
async function readEncoderRevisions(encoder: string): Promise<EncoderRevisions> {
  const known: Record<string, unknown> = z
    .record(z.string(), z.unknown())
    .parse(JSON.parse(await readFile(ENCODER_REVISIONS, 'utf8')));
  return revisionsSchema.parse(known[encoder]);
}

/** Hash of the scorer's Python files. */
export async function scorerCodeHash(): Promise<string> {
  const names = (await readdir(SCORER_CODE, { recursive: true }))
    .filter((name) => name.endsWith('.py'))
    .sort();
  const hash = createHash('sha256');
  for (const name of names) hash.update(`${name}\n`).update(await readFile(new URL(name, SCORER_CODE)));
  return hash.digest('hex');
}

function collectRows(deps: PipelineDeps, datasetId: number, corpusKey: string): ScorerRow[] {
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
