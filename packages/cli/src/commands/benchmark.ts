import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join } from 'node:path';
import { writeJsonLines } from '@retort/pipeline';
import { publishedResults } from '@retort/report';
import { ASPECTS, type Aspect, errorCodeOf } from '@retort/schema';
import { z } from 'zod';
import { benchmarkText } from '../benchmark/benchmark-text.ts';
import { benchmarkDocumentSchema } from '../benchmark/document.ts';
import { type NamedDataset, readNamedDataset } from '../benchmark/named-dataset.ts';
import { readPredictions } from '../benchmark/read-predictions.ts';
import { storedPredictions } from '../benchmark/stored-predictions.ts';
import { csvCell } from '../csv-cell.ts';
import type { DatasetFlags } from '../distill-options.ts';
import { EXIT } from '../exit-codes.ts';
import { choice, existing } from '../flag-values.ts';
import { resolveHome, userPath } from '../repository.ts';
import { runScorerCommand } from '../scorer-process.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { UsageError } from '../usage-error.ts';

export interface BenchmarkFlags extends DatasetFlags {
  readonly aspect?: string;
  readonly writeSplits?: string;
  readonly home?: string;
  readonly json?: boolean;
}

/** The dataset, and a folder for the lists that the scorer reads. */
interface Work {
  readonly folder: string;
  readonly rows: string;
  readonly dataset: NamedDataset;
}

const splitsSchema = z.object({
  rows: z.array(z.object({ name: z.string(), prompt_fold: z.number(), model: z.string().nullable() })),
});

/** `distill benchmark`: any method's predictions on the fixed splits of a dataset, or those splits as a file. */
export async function benchmarkCommand(
  predictions: string | undefined,
  flags: BenchmarkFlags,
  terminal: Terminal,
): Promise<number> {
  if (predictions === undefined && flags.writeSplits === undefined)
    throw new UsageError(
      'Name a CSV of predictions, or a file for the fixed folds with --write-splits: see "distill benchmark --help".',
    );
  const file =
    predictions === undefined ? null : existing('predictions', userPath(predictions, terminal.env));
  const splitsFile = flags.writeSplits === undefined ? null : userPath(flags.writeSplits, terminal.env);
  if (splitsFile !== null) existing('--write-splits', dirname(splitsFile));
  const aspect = flags.aspect === undefined ? null : choice('--aspect', flags.aspect, ASPECTS);
  const dataset = await readNamedDataset(flags, terminal);
  const folder = await mkdtemp(join(tmpdir(), 'retort-benchmark-'));
  try {
    const work = { folder, rows: await writeJsonLines(join(folder, 'rows.jsonl'), dataset.lines), dataset };
    if (splitsFile !== null) await writeSplits(splitsFile, work, terminal);
    if (file !== null) await judge(file, aspect, work, flags, terminal);
    return EXIT.ok;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function judge(
  file: string,
  aspect: Aspect | null,
  { folder, rows, dataset }: Work,
  flags: BenchmarkFlags,
  terminal: Terminal,
): Promise<void> {
  const { lines, unused } = await readPredictions(file, {
    aspect: () => aspect ?? onlyAspect(dataset.aspects),
    method: basename(file, extname(file)),
  });
  if (unused.length > 0) terminal.say(`Columns of no use here: ${unused.join(', ')}.`);
  const names = new Set(dataset.lines.map((line) => String(line.sample_name)));
  const stored = storedPredictions(resolveHome(flags.home, terminal.env), names);
  const out = join(folder, 'benchmark.json');
  const command = {
    command: 'benchmark',
    rows,
    predictions: await writeJsonLines(join(folder, 'predictions.jsonl'), lines),
    stored: stored.length === 0 ? null : await writeJsonLines(join(folder, 'stored.jsonl'), stored),
    published_split: dataset.isPublishedSplit,
    out,
  } as const;
  await runScorerCommand(command, terminal, (event) => {
    if (event.event !== 'progress') return;
    terminal.say(`judging ${event.done + 1} of ${event.total}: ${event.note ?? ''}`);
  });
  const document = benchmarkDocumentSchema.parse(JSON.parse(await readFile(out, 'utf8')));
  const published = publishedResults(dataset.reader).filter(({ srcc }) => srcc !== null);
  terminal.print(
    flags.json === true
      ? JSON.stringify({ dataset: dataset.name, ...document, published })
      : benchmarkText(document, dataset.name, published, { color: terminal.color }),
  );
}

function onlyAspect(rated: readonly Aspect[]): Aspect {
  const [only] = rated;
  if (only !== undefined && rated.length === 1) return only;
  throw new UsageError(
    `The column prediction may be about ${rated.join(' or ') || 'nothing that is rated'}: say which with --aspect, a column aspect, or columns named after the aspects.`,
  );
}

async function writeSplits(path: string, { rows }: Work, terminal: Terminal): Promise<void> {
  const splits = splitsSchema.parse(await runScorerCommand({ command: 'benchmark-splits', rows }, terminal));
  const lines = splits.rows.map((row) =>
    [csvCell(row.name), row.prompt_fold, csvCell(row.model ?? '')].join(','),
  );
  const partial = `${path}.${process.pid}.partial`;
  try {
    await writeFile(partial, `${['name,prompt_fold,model', ...lines].join('\n')}\n`);
    await rename(partial, path);
  } catch (cause) {
    throw new UsageError(
      `--write-splits: ${path} can't be written (${errorCodeOf(cause) ?? 'unknown'}): name a file in a folder that exists.`,
      { cause },
    );
  }
  terminal.say(`The fixed folds of ${splits.rows.length} images: ${path}`);
}
