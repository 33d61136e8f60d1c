import { existsSync } from 'node:fs';
import {
  aspectsOf,
  createPipelineDeps,
  importedDataset,
  openDataset,
  type PipelineDeps,
  preparedSamples,
  requestSpec,
  requestsOf,
  selectSamples,
} from '@retort/pipeline';
import { type ImportedSample, type RunPlan, sha256 } from '@retort/schema';
import { type DatasetRow, type SampleRow, storeFile } from '@retort/store';
import { isBatchTeacherName, type PriceQuote } from '@retort/teacher';
import type { DistillOptions } from '../distill-options.ts';
import { EXIT } from '../exit-codes.ts';
import { promptsFolder } from '../repository.ts';
import { describeEstimate, estimateSpending } from '../spending.ts';
import { formatDuration } from '../terminal/meter.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** Longer side that an image is assumed to have before it was looked at; the usual size of generators. */
const ASSUMED_SIDE_PX = 1024;
/** Seconds an image on two cores, measured on AGIQA-3K (512 px): prepare, then encode. */
const SECONDS_PER_IMAGE = { prepare: 0.02, encode: 0.15 } as const;
/** Seconds an image and aspect of the fit. */
const FIT_SECONDS_PER_IMAGE = 0.15;

interface Plan {
  readonly images: number;
  readonly rejected: number;
  readonly aspects: readonly string[];
  readonly calls: number;
  readonly answered: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number | null;
  readonly seconds: number;
}

interface DryJob {
  readonly options: DistillOptions;
  readonly home: string;
  /** What a call costs; null when nobody knows. */
  readonly price: PriceQuote | null;
}

/** `distill --dry-run`: what a run would do, ask and cost. Reads the dataset's table and the store; writes nothing. */
export async function dryRun(job: DryJob, terminal: Terminal): Promise<number> {
  const { options } = job;
  const plan = await makePlan(job);
  if (options.json) {
    terminal.print(JSON.stringify({ dry_run: true, ...snakeCase(plan), teacher: options.plan.teacher }));
    return EXIT.ok;
  }
  const { images, rejected, aspects, calls, answered, seconds } = plan;
  terminal.print(`${images} images, ${rejected} rows set aside, aspects: ${aspects.join(', ')}`);
  terminal.print(
    options.plan.teacher === 'replay'
      ? `${calls} recorded answers to replay, ${answered} answered already; nothing is asked or paid`
      : `${describeEstimate(plan, options.plan.model)}; ${answered} answered already`,
  );
  if (options.plan.scorerConfig !== undefined)
    terminal.print(
      'names and values of --scorer-config are looked at when the run starts, before anything is asked',
    );
  const wait = isBatchTeacherName(options.plan.teacher) ? ', and up to a day for the batches' : '';
  terminal.print(`about ${formatDuration(seconds)}${wait} up to ${options.until}; nothing was done`);
  return EXIT.ok;
}

async function makePlan({ options, home, price }: DryJob): Promise<Plan> {
  const { plan } = options;
  const dataset = await openDataset(plan);
  const samples: ImportedSample[] = [];
  let rejected = 0;
  for await (const row of dataset.rows()) {
    if (row.kind === 'sample') samples.push(row.sample);
    else rejected += 1;
  }
  const row: DatasetRow = { ...dataset.description, id: 0, contentHash: null };
  const spec = await requestSpec({ promptsDir: promptsFolder() }, plan, row);
  const selected = selectSamples(samples, plan.limit);
  const { pending, answered } = withStore(home, (deps) => {
    const known = deps === null ? new Map<string, SampleRow>() : preparedByName(deps, plan);
    const planned = selected.flatMap((sample) =>
      requestsOf(spec, known.get(sample.name) ?? assumePrepared(sample)),
    );
    const requests = [...new Map(planned.map((request) => [request.key, request])).values()];
    const open = requests.filter(({ key }) => deps?.store.requests.stateOf(key) !== 'answered');
    return { pending: open, answered: requests.length - open.length };
  });
  const sized = pending.map((request) => ({ ...request, width: ASSUMED_SIDE_PX, height: ASSUMED_SIDE_PX }));
  const estimate = estimateSpending(sized, price, options.concurrency);
  const live = plan.teacher !== 'replay';
  const oneByOne = live && !isBatchTeacherName(plan.teacher);
  const fit = dataset.description.ratedAspects.length * FIT_SECONDS_PER_IMAGE;
  const perImage = SECONDS_PER_IMAGE.prepare + SECONDS_PER_IMAGE.encode + fit;
  return {
    images: selected.length,
    rejected,
    aspects: spec.aspects.length > 0 ? spec.aspects : aspectsOf(plan, row),
    calls: pending.length,
    answered,
    inputTokens: live ? estimate.inputTokens : 0,
    outputTokens: live ? estimate.outputTokens : 0,
    costUsd: live ? estimate.costUsd : 0,
    seconds: Math.round(selected.length * perImage + (oneByOne ? estimate.seconds : 0)),
  };
}

/** Hands the home's store to `work`, or null when there is none yet: a dry run makes nothing. */
function withStore<T>(home: string, work: (deps: PipelineDeps | null) => T): T {
  if (!existsSync(storeFile(home))) return work(null);
  const deps = createPipelineDeps({ home, promptsDir: promptsFolder() });
  try {
    return work(deps);
  } finally {
    deps.store.close();
  }
}

/** Samples whose picture an earlier run prepared: their requests are known to the hash. */
function preparedByName(deps: PipelineDeps, plan: RunPlan): Map<string, SampleRow> {
  const dataset = importedDataset(deps, plan);
  if (dataset === null) return new Map();
  const samples = preparedSamples(deps, deps.store.samples.stamps(dataset.id));
  return new Map(Array.from(samples, (sample) => [sample.name, sample]));
}

/** A sample as it will be when its picture was prepared; the hash is a stand-in, since nothing is read yet. */
function assumePrepared(sample: ImportedSample): SampleRow {
  const hash = sha256(sample.imagePath);
  const image = { hash, recipe: '', blobHash: hash, mediaType: 'image/jpeg', blobBytes: 1 };
  const size = { width: ASSUMED_SIDE_PX, height: ASSUMED_SIDE_PX };
  return { ...sample, id: 0, datasetId: 0, rejectedReason: null, image: { ...image, ...size } };
}

function snakeCase(plan: Plan): Record<string, unknown> {
  const { inputTokens, outputTokens, costUsd, ...rest } = plan;
  return { ...rest, input_tokens: inputTokens, output_tokens: outputTokens, cost_usd: costUsd };
}
