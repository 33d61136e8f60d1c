import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AUDIT_VERSION } from '@retort/corpus';
import {
  publishedResults,
  REPORT_DATA_VERSION,
  type ReportData,
  renderReport,
  reportDataSchema,
  reportJson,
} from '@retort/report';
import { canonicalJson, sha256 } from '@retort/schema';
import { z } from 'zod';
import { trainingCommandOf } from './export-run.ts';
import { fitFacts, galleryFacts, readFitMetrics } from './fit-facts.ts';
import { unfittableReason } from './fit-limits.ts';
import { fitProtocol } from './fit-protocol.ts';
import type { PipelineDeps } from './pipeline-deps.ts';
import { countPrepared } from './prepared-samples.ts';
import { corpusFacts, countFacts, type ReportRun, runFacts } from './report-facts.ts';
import { loadRunCorpus } from './run-corpus.ts';
import { type ScorerInputs, scorerInputs } from './scorer-inputs.ts';
import { selectSamples } from './select-samples.ts';

const reportOutputSchema = z.strictObject({ inputKey: z.string() });

/** Raised when the report shows something else for the same data. */
const REPORT_VERSION = 3;

export interface ReportFiles {
  readonly html: string;
  readonly json: string;
}

/** Where a run's report stands, or will. */
export function reportFiles(deps: PipelineDeps, runId: string): ReportFiles {
  const folder = deps.home.run(runId);
  return { html: join(folder, 'report.html'), json: join(folder, 'report.json') };
}

/**
 * Everything the report shows, from the store as it is now.
 *
 * @param report where the report stands; null when there is none
 * @throws RunCorpusMissingError before the audit stage
 */
export async function buildReportData(
  deps: PipelineDeps,
  run: ReportRun,
  report: string | null,
): Promise<ReportData> {
  const corpusKey = await loadRunCorpus(deps, run);
  const inputs = await scorerInputs(deps, { ...run, corpusKey });
  const { fitKey } = inputs;
  const images = countPrepared(selectSamples(deps.store.samples.stamps(run.dataset.id), run.plan.limit));
  const metrics = readFitMetrics(deps, fitKey);
  const fit = metrics === null ? null : fitFacts(deps, fitKey, metrics);
  const facts = await runFacts(deps, run, corpusKey);
  return {
    version: REPORT_DATA_VERSION,
    run: { ...facts, skipped_aspects: [...facts.skipped_aspects, ...toSkipped(metrics?.skipped ?? {})] },
    counts: countFacts(deps, run, corpusKey, images),
    ...(await corpusFacts(deps, corpusKey)),
    training_command: trainingCommandOf(deps, corpusKey),
    fit,
    fit_protocol: metrics === null ? null : fitProtocol(metrics, inputs.encoder, inputs.revisions),
    fit_skipped_reason: fit === null ? await fitSkippedReason(inputs) : null,
    paper: publishedResults(run.dataset.reader),
    gallery: metrics === null ? [] : await galleryFacts(deps, { fitKey, corpusKey, metrics }),
    artifacts: {
      checkpoint: deps.store.training.get(fitKey)?.checkpointPath ?? null,
      report,
    },
  };
}

function toSkipped(skipped: Readonly<Record<string, string>>): ReportData['run']['skipped_aspects'] {
  return reportDataSchema.shape.run.shape.skipped_aspects.parse(
    Object.entries(skipped).map(([aspect, reason]) => ({
      aspect,
      reason: `no scorer was fitted: ${reason}`,
    })),
  );
}

async function fitSkippedReason(inputs: ScorerInputs): Promise<string> {
  if (inputs.aspects.length === 0) return 'the dataset has no ratings';
  return (await unfittableReason(inputs)) ?? 'the run has not come to the fit yet: run "distill" to go on';
}

/** True when the report was never written, or shows something else than the store has now. */
export async function isReportDue(deps: PipelineDeps, run: ReportRun): Promise<boolean> {
  const files = reportFiles(deps, run.id);
  if (!existsSync(files.html) || !existsSync(files.json)) return true;
  // By run, not by input: the files show the latest input, also when an earlier one comes back.
  const written = reportOutputSchema.safeParse(deps.store.runs.stageResult('report', run.id));
  return written.data?.inputKey !== (await reportInputKey(deps, run));
}

/** Writes report.html and report.json, each whole or not at all. */
export async function writeRunReport(deps: PipelineDeps, run: ReportRun): Promise<ReportFiles> {
  const inputKey = await reportInputKey(deps, run);
  const files = reportFiles(deps, run.id);
  const data = await buildReportData(deps, run, files.html);
  await mkdir(deps.home.run(run.id), { recursive: true });
  await replaceFile(files.html, await renderReport(data));
  await replaceFile(files.json, reportJson(data));
  deps.store.runs.saveStageResult('report', run.id, { inputKey });
  return files;
}

const versionSchema = z.object({ version: z.number() });

/** The figures of a run's report as they were written; null before there is one. One of an older version will be made again. */
export async function readReport(deps: PipelineDeps, runId: string): Promise<ReportData | null> {
  const { json } = reportFiles(deps, runId);
  const text = await readFile(json, 'utf8').catch(() => null);
  if (text === null) return null;
  const written: unknown = JSON.parse(text);
  const isOlder = versionSchema.parse(written).version < REPORT_DATA_VERSION;
  return isOlder ? null : reportDataSchema.parse(written);
}

async function reportInputKey(deps: PipelineDeps, run: ReportRun): Promise<string> {
  const corpusKey = await loadRunCorpus(deps, run);
  const { fitKey } = await scorerInputs(deps, { ...run, corpusKey });
  const { store } = deps;
  const facts = {
    version: REPORT_VERSION,
    run: run.id,
    corpusKey,
    audit: AUDIT_VERSION,
    fitKey,
    fitted: store.training.get(fitKey) !== null,
    counts: store.requests.counts(run.id),
    spending: store.attempts.spending(run.id),
    rejected: store.datasets.rejectedRows(run.dataset.id, 1000),
  };
  return sha256(canonicalJson(facts));
}

async function replaceFile(path: string, text: string): Promise<void> {
  const partial = `${path}.${process.pid}.partial`;
  await writeFile(partial, text);
  await rename(partial, path);
}
