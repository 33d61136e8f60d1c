import {
  type AuditRow,
  assignSplits,
  buildConversation,
  buildCorpus,
  type CorpusMeta,
  compareRows,
  DEFAULT_SPLIT_FRACTIONS,
  evaluationRow,
} from '@retort/corpus';
import {
  type CorpusRow,
  canonicalJson,
  type JobProgress,
  RetortError,
  type RunPlan,
  sha256,
  WORD_BINNING,
} from '@retort/schema';
import type { AnsweredSample, CorpusMembership, DatasetRow, SampleRow } from '@retort/store';
import {
  loadPrompts,
  loadStudentPrompts,
  renderStudentQuestions,
  type StudentPrompts,
} from '@retort/teacher';
import { auditRunRows } from './audit/audit-run-rows.ts';
import { ratingsOnFive } from './audit/ratings-on-five.ts';
import { importedDataset } from './import-dataset.ts';
import type { PipelineDeps } from './pipeline-deps.ts';

export class CorpusEmptyRunError extends RetortError {
  readonly code = 'corpus-empty';
  constructor() {
    super(
      'No request of this run was answered, so there is no corpus: "distill failures" lists the reasons.',
    );
  }
}

interface CorpusEntry {
  readonly row: CorpusRow;
  /** MOS on 0–5 of every aspect that the sample is rated in. */
  readonly ratings: AuditRow['ratings'];
  readonly conversationId: number;
}

/** What the audit stage is about: answers, their samples, split rule and the words of the student's turns. */
export async function corpusInputKey(deps: PipelineDeps, runId: string, plan: RunPlan): Promise<string> {
  const answered = deps.store.conversations.answeredSamples(runId);
  const dataset = importedDataset(deps, plan);
  const student = await loadStudentPrompts(deps.promptsDir);
  return sha256(
    canonicalJson({
      answered,
      dataset: dataset && [dataset.name, dataset.scale, dataset.source, dataset.licence],
      student: [...student.values()].map(({ id, hash }) => [id, hash]),
      splitBy: plan.splitBy,
      seed: plan.seed,
      binning: WORD_BINNING.version,
    }),
  );
}

/**
 * Makes conversations of a run's answers, splits them, names the corpus and audits it. Deterministic: the same answers
 * give the same corpus.
 *
 * @param onProgress hears of the images that are compared for the first time
 * @returns the corpus's key
 * @throws CorpusEmptyRunError nothing was answered
 */
export async function buildRunCorpus(
  deps: PipelineDeps,
  run: { readonly id: string; readonly plan: RunPlan; readonly dataset: DatasetRow },
  onProgress?: (progress: JobProgress) => void,
): Promise<string> {
  const { store } = deps;
  const answered = store.conversations.answeredSamples(run.id);
  if (answered.length === 0) throw new CorpusEmptyRunError();
  const student = await loadStudentPrompts(deps.promptsDir);
  const prompts = await loadPrompts(deps.promptsDir);
  const samples = loadSamples(deps, answered);
  const splits = assignSplits([...samples.values()].map(toSplitSample), {
    by: run.plan.splitBy,
    seed: run.plan.seed,
  });
  const entries = store.transaction(() =>
    answered.flatMap((entry): CorpusEntry[] => {
      const sample = samples.get(entry.sampleId);
      const split = sample === undefined ? undefined : splits.get(sample.name);
      if (sample === undefined || split === undefined)
        throw new TypeError(`no sample or split for ${entry.sampleId}`);
      const sawLabel = prompts.get(entry.promptId).sawLabel;
      const conversation = conversationOf(deps, run.dataset, student, { entry, sample, sawLabel });
      // The store keeps the whole conversation; what a row may show depends on its split.
      const conversationId = store.conversations.save(sample.id, conversation);
      const row = evaluationRow({ ...conversation, split });
      return row === null ? [] : [{ row, conversationId, ratings: ratingsOnFive(sample, run.dataset) }];
    }),
  );
  entries.sort((a, b) => compareRows(a.row, b.row));
  const rows = entries.map(({ row }) => row);
  const { key, manifest } = await buildCorpus(
    rows,
    metaOf(run.plan, run.dataset, usedPrompts(answered, prompts, student)),
  );
  const members = entries.map(
    ({ conversationId, row }): CorpusMembership => ({ conversationId, split: row.split }),
  );
  store.corpora.save({
    key,
    manifest,
    audit: await auditRunRows(deps, entries, { splitBy: run.plan.splitBy, onProgress }),
    rows: members,
  });
  return key;
}

/** Makes the split of a run only to see that it can be made. @throws SplitUnavailableError */
export function checkSplit(samples: Iterable<SampleRow>, { splitBy, seed }: RunPlan): void {
  assignSplits(Array.from(samples, toSplitSample), { by: splitBy, seed });
}

function loadSamples(deps: PipelineDeps, answered: readonly AnsweredSample[]): Map<number, SampleRow> {
  const ids = new Set(answered.map(({ sampleId }) => sampleId));
  return new Map(
    [...ids].flatMap((id) => {
      const sample = deps.store.samples.get(id);
      return sample === null ? [] : [[id, sample] as const];
    }),
  );
}

function toSplitSample({ name, imagePrompt, generator, image }: SampleRow) {
  return { name, imagePrompt, generator, imageHash: image?.hash ?? name };
}

function conversationOf(
  deps: PipelineDeps,
  dataset: DatasetRow,
  student: StudentPrompts,
  { entry, sample, sawLabel }: { entry: AnsweredSample; sample: SampleRow; sawLabel: boolean },
) {
  const answer = deps.store.attempts.answered(entry.requestKey, entry.aspect);
  const { image } = sample;
  if (answer === null || image === null)
    throw new TypeError(`request ${entry.requestKey} has no answer or no picture`);
  const { aspect, promptId, teacher, model, requestKey } = entry;
  const { name, imagePrompt, generator, generatorSetting } = sample;
  const { hash: imageHash, blobHash, width, height } = image;
  return buildConversation({
    sample: {
      name,
      dataset: dataset.name,
      imagePrompt,
      generator,
      generatorSetting,
      imageHash,
      blobHash,
      width,
      height,
    },
    aspect,
    description: answer.description,
    mos: sample.ratings.find((rating) => rating.aspect === aspect)?.mos ?? null,
    scale: dataset.scale,
    ...renderStudentQuestions(student, { aspect, imagePrompt }),
    provenance: { sawLabel, promptId, teacher, model, requestKey },
  });
}

function usedPrompts(
  answered: readonly AnsweredSample[],
  prompts: Awaited<ReturnType<typeof loadPrompts>>,
  student: StudentPrompts,
): Record<string, string> {
  const teacherPrompts = [...new Set(answered.map(({ promptId }) => promptId))].map((id) => [
    id,
    prompts.get(id).hash,
  ]);
  const aspects = new Set(answered.map(({ aspect }) => aspect));
  const studentPrompts = [...student.values()]
    .filter(({ aspect }) => aspects.has(aspect))
    .map(({ id, hash }) => [id, hash]);
  return Object.fromEntries([...teacherPrompts, ...studentPrompts].sort());
}

function metaOf(plan: RunPlan, dataset: DatasetRow, promptVersions: Record<string, string>): CorpusMeta {
  const { name, source, licence } = dataset;
  const { splitBy, seed } = plan;
  const sources = [{ dataset: name, source, licence }];
  return { splitBy, seed, fractions: DEFAULT_SPLIT_FRACTIONS, promptVersions, sources };
}
