import { PREPARE_V1 } from '@retort/images';
import {
  ASPECTS,
  type Aspect,
  type ContentHash,
  canonicalJson,
  descriptionsSchema,
  type GenerationSettings,
  hashLines,
  type MosScale,
  RetortError,
  type RunPlan,
  requestKey,
  sha256,
} from '@retort/schema';
import type { DatasetRow, PlannedRequest, SampleRow } from '@retort/store';
import {
  buildPromptVariables,
  loadPrompts,
  openRecordings,
  type PromptLibrary,
  renderPrompt,
  requireRecordedAspects,
} from '@retort/teacher';
import { z } from 'zod';
import type { PipelineDeps } from './pipeline-deps.ts';
import { type GroupingRules, requestGroups } from './request-groups.ts';

/**
 * Output tokens that a first attempt may use, once for the answer as a whole and once for each aspect: descriptions are under
 * 200 tokens, and a thinking model spends some on each before. So one aspect has 2,048 and three have 4,096: the worst case
 * of one combined call stays below that of three. A truncated answer is asked for again with more.
 */
const OUTPUT_TOKENS_PER_PART = 1024;
/** What the latest planning of a run was about; null while one is under way. */
const plannedSchema = z.strictObject({ inputKey: z.string().nullable() });
/** Samples a transaction. */
const SAMPLES_PER_COMMIT = 500;

export class CombinedRecordingsError extends RetortError {
  readonly code = 'usage';
  constructor() {
    super(
      'Recorded answers are about one aspect each, so nothing can be asked --combined of the replay teacher: leave --combined out, or ask live with --teacher gemini or openai.',
    );
  }
}

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
 * @throws CombinedRecordingsError the plan wants one answer about several aspects out of recordings
 * @throws PromptNotFoundError the plan names a version that doesn't exist
 */
export async function requestSpec(
  deps: Pick<PipelineDeps, 'promptsDir'>,
  plan: RunPlan,
  dataset: DatasetRow,
): Promise<RequestSpec> {
  const prompts = await loadPrompts(deps.promptsDir);
  const wanted = aspectsOf(plan, dataset);
  checkPrompts({ plan, aspects: wanted, prompts });
  if (plan.recordings === null) {
    return { plan, model: plan.model, scale: dataset.scale, aspects: wanted, prompts, settings: {} };
  }
  if (plan.combined !== undefined) throw new CombinedRecordingsError();
  const recordings = await openRecordings(plan.recordings);
  if (plan.aspects !== null) requireRecordedAspects(recordings, plan.aspects);
  const aspects = wanted.filter((aspect) => recordings.aspects.has(aspect));
  const model = recordings.models.join(', ');
  return { plan, model, scale: dataset.scale, aspects, prompts, settings: { recordings: recordings.hash } };
}

/** A version that doesn't exist is said before anything is begun. @throws PromptNotFoundError */
function checkPrompts(rules: GroupingRules): void {
  const ratings = rules.aspects.map((aspect) => ({ aspect, mos: 0, mosStd: null }));
  requestGroups(rules, { imagePrompt: '', ratings });
}

/** Changes when any request of the run would. */
export function requestsInputKey(spec: RequestSpec, samples: Iterable<SampleRow>): ContentHash {
  const promptHashes = spec.prompts.ids.map((id) => spec.prompts.get(id).hash);
  const { plan, aspects, scale, settings } = spec;
  const facts = hashLines(samples, ({ id, image, imagePrompt, ratings }) =>
    canonicalJson([id, image?.hash ?? null, imagePrompt, ratings]),
  );
  const recipe = PREPARE_V1.version;
  return sha256(canonicalJson({ plan, aspects, scale, settings, promptHashes, facts, recipe }));
}

/** What to ask about one sample. @throws PromptNotFoundError */
export function requestsOf(spec: RequestSpec, sample: SampleRow): PlannedRequest[] {
  const { image, imagePrompt } = sample;
  if (image === null) return [];
  const mos = Object.fromEntries(sample.ratings.map((rating) => [rating.aspect, rating.mos]));
  const subject = { imagePrompt, mos, scale: spec.scale };
  return requestGroups(spec, sample).map(({ prompt, aspects }) => {
    const structured = prompt.output === 'descriptions-json';
    const responseSchema = structured ? descriptionsSchema(aspects) : null;
    const content = {
      teacher: spec.plan.teacher,
      model: spec.model,
      promptText: renderPrompt(prompt, buildPromptVariables(prompt, subject, aspects), aspects),
      imageHash: image.hash,
      prepareRecipe: image.recipe,
      settings: spec.settings,
      repeat: spec.plan.repeat ?? 0,
    };
    const [first] = aspects;
    if (first === undefined) throw new TypeError('a group of aspects has at least one');
    return {
      ...content,
      ...(responseSchema === null ? {} : { responseSchema }),
      key: requestKey({ ...content, responseSchema }),
      ...(aspects.length > 1 ? { aspect: 'all', aspects } : { aspect: first }),
      promptId: prompt.id,
      imageName: sample.name,
      recipe: image.recipe,
      maxOutputTokens: OUTPUT_TOKENS_PER_PART * (1 + aspects.length),
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
  samples: Iterable<SampleRow>,
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
  for (const page of pagesOf(samples, SAMPLES_PER_COMMIT)) {
    store.transaction(() => {
      for (const sample of page) {
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

function* pagesOf<T>(items: Iterable<T>, size: number): Generator<readonly T[]> {
  let page: T[] = [];
  for (const item of items) {
    page.push(item);
    if (page.length < size) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}
