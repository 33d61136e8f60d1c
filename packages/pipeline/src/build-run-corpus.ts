import {
  type AuditRow,
  buildConversation,
  buildCorpus,
  type CorpusMeta,
  compareRows,
  evaluationRow,
} from '@retort/corpus';
import {
  type Conversation,
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
import { toStoredAudit } from './audit/stored-audit.ts';
import { importedDataset } from './import-dataset.ts';
import type { PipelineDeps } from './pipeline-deps.ts';
import { loadRunReviews, type RunReviews, reviewsInput } from './review/run-reviews.ts';
import { loadSamples } from './run-splits.ts';
import { type SplitMeta, splitKeyOf, splitRun } from './split-run.ts';

export class CorpusEmptyRunError extends RetortError {
  readonly code = 'corpus-empty';
  constructor(rejectedRows = 0) {
    super(
      rejectedRows === 0
        ? 'No request of this run was answered, so there is no corpus: "distill failures" lists the reasons.'
        : `Every row of this run that could stand in a corpus was rejected in review (${rejectedRows}), so there is none: take a decision back with "distill review undo".`,
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
      ...splitKeyOf(plan, () => [...loadSamples(deps, answered).values()]),
      binning: WORD_BINNING.version,
      ...reviewsInput(deps.store, runId),
    }),
  );
}

/**
 * Makes conversations of a run's answers, as people's decisions leave them, splits them, names the corpus and audits it.
 * Deterministic: the same answers and decisions give the same corpus. Splits are made before rows are left out: a decision
 * moves no other row.
 *
 * @param onProgress hears of the images that are compared for the first time
 * @returns the corpus's key
 * @throws CorpusEmptyRunError nothing was answered, or everything rejected
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
  const { splits, meta } = splitRun([...samples.values()], run.plan, run.dataset);
  const reviews = loadRunReviews(store, run.id);
  const entries = store.transaction(() =>
    answered.flatMap((entry): CorpusEntry[] => {
      const sample = samples.get(entry.sampleId);
      const split = sample === undefined ? undefined : splits.get(sample.name);
      if (sample === undefined || split === undefined)
        throw new TypeError(`no sample or split for ${entry.sampleId}`);
      const sawLabel = prompts.get(entry.promptId).sawLabel;
      const conversation = conversationOf(deps, run.dataset, student, { entry, sample, sawLabel, reviews });
      if (conversation === null) return [];
      // The store keeps the whole conversation; what a row may show depends on its split.
      const conversationId = store.conversations.save(sample.id, conversation);
      const row = evaluationRow({ ...conversation, split });
      return row === null ? [] : [{ row, conversationId, ratings: ratingsOnFive(sample, run.dataset) }];
    }),
  );
  entries.sort((a, b) => compareRows(a.row, b.row));
  const rows = entries.map(({ row }) => row);
  if (rows.length === 0 && reviews.rejected() > 0) throw new CorpusEmptyRunError(reviews.rejected());
  const { key, manifest } = await buildCorpus(
    rows,
    metaOf(meta, run.dataset, usedPrompts(answered, prompts, student)),
    reviews.rejected(),
  );
  const members = entries.map(
    ({ conversationId, row }): CorpusMembership => ({ conversationId, split: row.split }),
  );
  store.corpora.save({
    key,
    manifest,
    audit: toStoredAudit(await auditRunRows(deps, entries, { splitBy: run.plan.splitBy, onProgress })),
    rows: members,
  });
  return key;
}

function conversationOf(
  deps: PipelineDeps,
  dataset: DatasetRow,
  student: StudentPrompts,
  {
    entry,
    sample,
    sawLabel,
    reviews,
  }: { entry: AnsweredSample; sample: SampleRow; sawLabel: boolean; reviews: RunReviews },
): Conversation | null {
  const answer = deps.store.attempts.answered(entry.requestKey, entry.aspect);
  const { image } = sample;
  if (answer === null || image === null)
    throw new TypeError(`request ${entry.requestKey} has no answer or no picture`);
  const reviewed = reviews.apply(entry, answer.description);
  if (reviewed === null) return null;
  const { aspect, promptId, teacher, model, requestKey } = entry;
  const { name, imagePrompt, generator, generatorSetting } = sample;
  const { hash: imageHash, blobHash, width, height } = image;
  const conversation = buildConversation({
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
    description: reviewed.description,
    mos: sample.ratings.find((rating) => rating.aspect === aspect)?.mos ?? null,
    scale: dataset.scale,
    ...renderStudentQuestions(student, { aspect, imagePrompt }),
    provenance: { sawLabel, promptId, teacher, model, requestKey },
  });
  return reviewed.mark === null ? conversation : { ...conversation, review: reviewed.mark };
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

function metaOf(split: SplitMeta, dataset: DatasetRow, promptVersions: Record<string, string>): CorpusMeta {
  const { name, source, licence } = dataset;
  return { ...split, promptVersions, sources: [{ dataset: name, source, licence }] };
}
