import { PREPARE_V1 } from '@retort/images';
import {
  ASPECTS,
  type Aspect,
  canonicalJson,
  type GenerationSettings,
  type MosScale,
  type PromptForm,
  type RunPlan,
  requestKey,
  sha256,
} from '@retort/schema';
import type { DatasetRow, PlannedRequest, SampleRow, SampleStamp } from '@retort/store';
import {
  buildPromptVariables,
  loadPrompts,
  openRecordings,
  type Prompt,
  type PromptLibrary,
  renderPrompt,
  requireRecordedAspects,
} from '@retort/teacher';
import { z } from 'zod';
import type { PipelineDeps } from './pipeline-deps.ts';

/**
 * Output tokens that a first attempt may use: descriptions are under 200 tokens, and a thinking model spends some before.
 * A truncated answer is asked for again with more.
 */
const MAX_OUTPUT_TOKENS = 2048;
/** What the latest planning of a run was about; null while one is under way. */
const plannedSchema = z.strictObject({ inputKey: z.string().nullable() });
/** Samples a transaction. */
const SAMPLES_PER_COMMIT = 500;

/** Everything besides the sample that decides its requests. */
export interface RequestSpec {
  readonly plan: RunPlan;
  /** The model asked, or the one that gave the recorded answers. */
  readonly model: string;
  readonly scale: MosScale;
  readonly aspects: readonly Aspect[];
  readonly prompts: PromptLibrary;
  readonly settings: GenerationSettings;
}

/** The aspects of a run: those asked for, else those with ratings, else all that can be asked. */
export function aspectsOf(plan: RunPlan, dataset: Pick<DatasetRow, 'ratedAspects'>): readonly Aspect[] {
  if (plan.aspects !== null) return plan.aspects;
  return dataset.ratedAspects.length > 0 ? dataset.ratedAspects : ASPECTS;
}

/**
 * Reads prompts and recordings.
 *
 * @throws RecordingsMissingAspectError an aspect that was asked for by name isn't recorded
 */
export async function requestSpec(
  deps: Pick<PipelineDeps, 'promptsDir'>,
  plan: RunPlan,
  dataset: DatasetRow,
): Promise<RequestSpec> {
  const prompts = await loadPrompts(deps.promptsDir);
  const wanted = aspectsOf(plan, dataset);
  if (plan.recordings === null) {
    return { plan, model: plan.model, scale: dataset.scale, aspects: wanted, prompts, settings: {} };
  }
  const recordings = await openRecordings(plan.recordings);
  if (plan.aspects !== null) requireRecordedAspects(recordings, plan.aspects);
  const aspects = wanted.filter((aspect) => recordings.aspects.has(aspect));
  const model = recordings.models.join(', ');
  return { plan, model, scale: dataset.scale, aspects, prompts, settings: { recordings: recordings.hash } };
}

/** Changes when any request of the run would. */
export function requestsInputKey(spec: RequestSpec, samples: readonly SampleRow[]): string {
  const facts = samples.map(({ id, image, imagePrompt, ratings }) => [
    id,
    image?.hash ?? null,
    imagePrompt,
    ratings,
  ]);
  const promptHashes = spec.prompts.ids.map((id) => spec.prompts.get(id).hash);
  const { plan, aspects, scale, settings } = spec;
  return sha256(
    canonicalJson({ plan, aspects, scale, settings, promptHashes, facts, recipe: PREPARE_V1.version }),
  );
}

/** What to ask about one sample; an aspect that needs an image prompt is left out where there is none. */
export function requestsOf(spec: RequestSpec, sample: SampleRow): PlannedRequest[] {
  const { image } = sample;
  if (image === null) return [];
  const aspects = spec.aspects.filter((aspect) => aspect !== 'correspondence' || sample.imagePrompt !== null);
  return aspects.map((aspect) => {
    const mos = sample.ratings.find((rating) => rating.aspect === aspect)?.mos ?? null;
    const prompt = promptFor(spec.prompts, aspect, mos === null ? 'blind' : spec.plan.promptForm);
    const subject = { imagePrompt: sample.imagePrompt, mos, scale: spec.scale };
    const content = {
      teacher: spec.plan.teacher,
      model: spec.model,
      promptText: renderPrompt(prompt, buildPromptVariables(prompt, subject)),
      imageHash: image.hash,
      prepareRecipe: image.recipe,
      settings: spec.settings,
      responseSchema: null,
      repeat: spec.plan.repeat ?? 0,
    };
    return {
      ...content,
      key: requestKey(content),
      aspect,
      promptId: prompt.id,
      imageName: sample.name,
      recipe: image.recipe,
      maxOutputTokens: MAX_OUTPUT_TOKENS,
    };
  });
}

/**
 * Writes the requests of every sample to the store, and unties the run from all others: those of a sample that is gone or
 * whose picture or prompt has changed. Requests that are known stay as they are, with their answers. Does nothing when
 * the run's latest planning was about the same.
 */
export function planRequests(
  deps: PipelineDeps,
  runId: string,
  spec: RequestSpec,
  samples: readonly SampleRow[],
): void {
  const { store } = deps;
  const inputKey = requestsInputKey(spec, samples);
  // By run, not by input: an earlier input that comes back finds the requests of another, or of a planning cut short.
  const latest = plannedSchema.safeParse(store.runs.stageResult('requests', runId));
  if (latest.data?.inputKey === inputKey) return;
  store.transaction(() => {
    store.requests.unlink(runId);
    store.runs.saveStageResult('requests', runId, { inputKey: null });
  });
  for (let start = 0; start < samples.length; start += SAMPLES_PER_COMMIT) {
    store.transaction(() => {
      for (const sample of samples.slice(start, start + SAMPLES_PER_COMMIT)) {
        for (const request of requestsOf(spec, sample)) {
          const { id, hash, text, sawLabel } = spec.prompts.get(request.promptId);
          store.requests.savePrompt({ id, hash, text, sawLabel });
          store.requests.plan(runId, sample.id, request);
        }
      }
    });
  }
  store.runs.saveStageResult('requests', runId, { inputKey } satisfies z.infer<typeof plannedSchema>);
}

/** Full rows of selected samples whose picture is ready. */
export function preparedSamples(deps: PipelineDeps, selected: readonly SampleStamp[]): SampleRow[] {
  return selected.flatMap(({ id }) => {
    const sample = deps.store.samples.get(id);
    return sample === null || sample.image === null ? [] : [sample];
  });
}

/** The newest version of an aspect's prompt in the wanted form. */
function promptFor(prompts: PromptLibrary, aspect: Aspect, form: PromptForm): Prompt {
  const versions = prompts.ids
    .map((id) => prompts.get(id))
    .filter(({ id }) => id.startsWith(`${aspect}/${form}.v`));
  const newest = versions.sort((a, b) => b.version - a.version)[0];
  return newest ?? prompts.get(`${aspect}/${form}.v1`); // throws with the ids that exist
}
