import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { ASPECTS, type Aspect, canonicalJson, RetortError, type RunPlan, sha256 } from '@retort/schema';
import { DEFAULT_PROFILE, type Profile, readProfiles } from '@retort/scorer';
import type { DatasetRow } from '@retort/store';
import { z } from 'zod';
import type { PipelineDeps } from './pipeline-deps.ts';
import { collectScorerRows, type ScorerRow } from './scorer-rows.ts';
import { tunedStagesFile } from './tuned-stages.ts';
import { learnsFromDescriptions } from './wants-descriptions.ts';

/** Versions of the encoders; the scorer reads the same file. */
const ENCODER_REVISIONS = new URL('../../scorer/encoder-revisions.json', import.meta.url);
const revisionsSchema = z.strictObject({ image: z.string(), text: z.string() });
export type EncoderRevisions = z.infer<typeof revisionsSchema>;

/** The scorer's own code: a fit by other code is another fit. */
const SCORER_CODE = new URL('../../scorer/retort_scorer/', import.meta.url);

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

/**
 * What encode and fit work on: the rated images of a corpus, each once, with the split that all aspects share.
 *
 * @param run `described`: train rows bring descriptions though the plan's config doesn't ask for them
 */
export async function scorerInputs(
  deps: PipelineDeps,
  run: {
    readonly plan: RunPlan;
    readonly dataset: DatasetRow;
    readonly corpusKey: string;
    readonly described?: boolean;
  },
): Promise<ScorerInputs> {
  const { profile: name, seed, scorerConfig, refit, protocol } = run.plan;
  const profile = profileOf(name);
  const { encoder, revisions } = await encoderOf(deps, profile, run.plan.tunedStages);
  const config = { seed, ...profile.config, ...scorerConfig };
  const isTold = learnsFromDescriptions(config);
  const described = isTold || run.described === true;
  const rows = collectScorerRows(deps, { datasetId: run.dataset.id, corpusKey: run.corpusKey, described });
  // Absent members leave the keys of fits as they were without them.
  const more = {
    ...(refit === undefined ? {} : { refit }),
    ...(protocol === undefined ? {} : { protocol }),
  };
  const aspects = ASPECTS.filter((aspect) => rows.some(({ mos }) => mos[aspect] !== undefined));
  const images = rows.map(({ imageHash, imagePrompt }) => [imageHash, imagePrompt]);
  const texts = { texts: hashOf(rows.map(({ descriptions }) => descriptions ?? null)) };
  return {
    rows,
    aspects,
    encoder,
    revisions,
    config,
    ...more,
    encodeKey: sha256(canonicalJson({ images, revisions, ...(described ? texts : {}) })),
    fitKey: sha256(
      canonicalJson({
        code: await scorerCodeHash(),
        rows: hashOf(rows.map(({ imagePath, descriptions, ...row }) => row)),
        aspects,
        config,
        revisions,
        ...more,
        ...(isTold ? texts : {}),
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

function hashOf(values: readonly unknown[]): string {
  const hash = createHash('sha256');
  for (const value of values) hash.update(canonicalJson(value)).update('\n');
  return hash.digest('hex');
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
