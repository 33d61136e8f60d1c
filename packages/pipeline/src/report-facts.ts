import { auditJson, splitRuleNotes } from '@retort/corpus';
import type { ReportData } from '@retort/report';
import type { Aspect, Outcome, RunPlan, Split } from '@retort/schema';
import type { DatasetRow } from '@retort/store';
import { openRecordings } from '@retort/teacher';
import { loadAudit } from './audit/stored-audit.ts';
import { RUN_FORMATS } from './export-run.ts';
import { loadCorpus } from './load-corpus.ts';
import { runLeakage } from './mark-metrics.ts';
import type { PipelineDeps } from './pipeline-deps.ts';
import { aspectsOf } from './plan-requests.ts';
import { promptNameOf, runCommand } from './run-command.ts';
import { describeQuote, spendingTerms } from './spending-terms.ts';

/** Rejected rows and dead letters that a report lists; the totals are told beside them. */
const LISTED = 200;

export interface ReportRun {
  readonly id: string;
  readonly plan: RunPlan;
  readonly dataset: DatasetRow;
}

/** What a run is, in the report's words. */
export async function runFacts(
  deps: PipelineDeps,
  run: ReportRun,
  corpusKey: string,
): Promise<ReportData['run']> {
  const { plan, dataset } = run;
  const { manifest } = loadCorpus(deps, corpusKey);
  const leakage = runLeakage(manifest, plan);
  const stored = deps.store.runs.get(run.id);
  const aspects = aspectsOf(plan, dataset).filter((aspect) => (manifest.rowsByAspect[aspect] ?? 0) > 0);
  return {
    id: run.id,
    dataset: dataset.name,
    dataset_source: dataset.source,
    dataset_licence: dataset.licence,
    teacher: plan.teacher,
    model: manifest.teachers.map(({ model }) => model).join(', '),
    recorded: plan.teacher === 'replay',
    saw_label: manifest.sawLabelRows > 0,
    aspects: [...aspects],
    skipped_aspects: await skippedAspects(run, aspects, rejectedAspects(deps, run.id)),
    seed: plan.seed,
    split_by: plan.splitBy,
    split_note: splitRuleNotes(plan.splitBy),
    ...(manifest.fold === undefined ? {} : { fold: manifest.fold }),
    ...(manifest.holdOut === undefined ? {} : { hold_out: manifest.holdOut }),
    ...(leakage === undefined ? {} : { leakage: [...leakage] }),
    code_commit: stored?.codeCommit ?? null,
    started_at: stored?.startedAt ?? '',
    command: runCommand(plan),
    options: {
      limit: plan.limit,
      prompt: promptNameOf(plan),
      ...(plan.combined === undefined ? {} : { combined: plan.combined }),
      recordings: plan.recordings,
      strict: plan.strict,
    },
  };
}

async function skippedAspects(
  { plan, dataset }: ReportRun,
  present: readonly Aspect[],
  rejected: ReadonlySet<Aspect>,
): Promise<ReportData['run']['skipped_aspects']> {
  const recorded = plan.recordings === null ? null : (await openRecordings(plan.recordings)).aspects;
  const all: readonly Aspect[] = plan.aspects ?? ['quality', 'correspondence', 'authenticity'];
  return all
    .filter((aspect) => !present.includes(aspect))
    .map((aspect) => {
      const reasons = [
        ...(dataset.ratedAspects.includes(aspect) ? [] : ['the dataset has no ratings for it']),
        ...(recorded === null || recorded.has(aspect) ? [] : ['no answers are recorded for it']),
      ];
      return {
        aspect,
        reason: reasons.length === 0 ? noRowsReason(aspect, rejected) : reasons.join(', and '),
      };
    });
}

function noRowsReason(aspect: Aspect, rejected: ReadonlySet<Aspect>): string {
  return rejected.has(aspect)
    ? 'every row of it that could stand in a corpus was rejected in review'
    : 'no request for it was answered';
}

/** Aspects of which a run's corpus had a row, but for a person's decision. */
function rejectedAspects({ store }: PipelineDeps, runId: string): ReadonlySet<Aspect> {
  const pinned = store.reviews.pinned(runId);
  return new Set(pinned.filter(({ decision }) => decision === 'rejected').map(({ aspect }) => aspect));
}

/** What was asked, answered, given up and paid. */
export function countFacts(
  deps: PipelineDeps,
  run: ReportRun,
  corpusKey: string,
  images: number,
): ReportData['counts'] {
  const { store } = deps;
  const spending = store.attempts.spending(run.id);
  const requests = store.requests.counts(run.id);
  const { manifest } = loadCorpus(deps, corpusKey);
  const answeredHere =
    store.attempts.outcomeCounts(run.id).find(({ outcome }) => outcome === 'answered')?.n ?? 0;
  const live = run.plan.teacher !== 'replay';
  return {
    images,
    rejected: store.datasets.rejectedRows(run.dataset.id, LISTED),
    rejected_total: store.datasets.countRejectedRows(run.dataset.id),
    conversations: manifest.rows,
    dead_letters: store.requests
      .deadLetters(run.id, LISTED)
      .map(({ imageName, aspect, outcome, reason, attempts }) => ({
        image: imageName,
        aspect,
        outcome: outcome as Outcome, // from the attempts table, whose outcomes are the closed set
        reason,
        attempts,
      })),
    dead_letters_total: requests['dead-letter'],
    teacher_calls: spending.attempts,
    reused_answers: Math.max(0, requests.answered - answeredHere),
    prices: live ? spendingTerms(deps, run.id).quotes.map(describeQuote) : [],
    cost_usd: spending.unknownCost > 0 ? null : spending.spentUsd,
    tokens: {
      input: live ? spending.inputTokens : null,
      output: live ? spending.outputTokens : null,
      thinking: null,
    },
    rows: rowCounts(deps, corpusKey),
    ...(manifest.review === undefined ? {} : { review: manifest.review }),
  };
}

function rowCounts(deps: PipelineDeps, corpusKey: string): ReportData['counts']['rows'] {
  const cells = new Map<string, { aspect: Aspect; split: Split; rows: number; prompts: Set<string> }>();
  for (const row of deps.store.corpora.rows(corpusKey)) {
    const key = `${row.aspect} ${row.split}`;
    const cell = cells.get(key) ?? {
      aspect: row.aspect,
      split: row.split,
      rows: 0,
      prompts: new Set<string>(),
    };
    cell.rows += 1;
    if (row.imagePrompt !== null) cell.prompts.add(row.imagePrompt);
    cells.set(key, cell);
  }
  return [...cells.values()].map(({ aspect, split, rows, prompts }) => ({
    aspect,
    split,
    rows,
    image_prompts: prompts.size === 0 ? null : prompts.size,
  }));
}

/** The corpus and its audit. */
export async function corpusFacts(
  deps: PipelineDeps,
  corpusKey: string,
): Promise<Pick<ReportData, 'corpus' | 'audit'>> {
  const { manifest, path } = loadCorpus(deps, corpusKey);
  const { rows, findings } = auditJson(await loadAudit(deps, corpusKey));
  const corpus =
    path === null ? null : { key: corpusKey, path, formats: [...RUN_FORMATS], rows: manifest.rows };
  return {
    corpus,
    audit: { rows, findings: findings.map((finding) => ({ ...finding, rows: [...finding.rows] })) },
  };
}
