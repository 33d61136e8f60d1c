import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type DatasetRows,
  homePaths,
  ratedImages,
  readDatasetRows,
  scorerCodeHash,
  writeJsonLines,
} from '@retort/pipeline';
import { sayRejected } from '../benchmark/named-dataset.ts';
import { checkpointLeakage } from '../checkpoint-leakage.ts';
import { type Evaluation, evaluationSchema } from '../evaluate/document.ts';
import { type EvaluateChoice, type EvaluateFlags, parseEvaluate } from '../evaluate/evaluate-options.ts';
import { evaluateText } from '../evaluate/evaluate-text.ts';
import { EXIT } from '../exit-codes.ts';
import { resolveHome } from '../repository.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { UsageError } from '../usage-error.ts';
import { withMeteredScorer } from '../with-metered-scorer.ts';

/**
 * `distill evaluate`: a checkpoint on a dataset's ratings, as it is, and with its predictor trained anew on that dataset.
 * Features go to the home's store and trained folds beside it, so the same command again goes on where it was.
 */
export async function evaluateCommand(flags: EvaluateFlags, terminal: Terminal): Promise<number> {
  const choice = parseEvaluate(flags, terminal.env);
  const dataset = await readDatasetRows(choice.dataset, 'all');
  sayRejected(dataset, terminal);
  if (dataset.aspects.length === 0)
    throw new UsageError(
      `${dataset.name} has no ratings: evaluate needs MOS to hold predictions against (--columns says which columns they are in); predict scores images without.`,
    );
  const evaluation = await evaluate(choice, dataset, resolveHome(flags.home, terminal.env), terminal);
  if (evaluation === null) {
    terminal.say(`Interrupted. What was done is stored; go on with: ${terminal.commandLine}`);
    return EXIT.interrupted;
  }
  for (const { path, reason } of evaluation.unreadable) terminal.say(`${path}: ${reason}`);
  const leakage = await checkpointLeakage(choice.checkpoint);
  if (leakage !== null) terminal.say(leakage);
  if (choice.out !== null) terminal.say(`Predictions: ${choice.out}`);
  const about = { checkpoint: choice.checkpoint, dataset: dataset.name, images: dataset.lines.length };
  terminal.print(
    flags.json === true
      ? JSON.stringify({ ...about, ...evaluation })
      : evaluateText({ ...about, evaluation }, { color: terminal.color }),
  );
  return EXIT.ok;
}

/** Null when it was interrupted. */
async function evaluate(
  choice: EvaluateChoice,
  { lines }: DatasetRows,
  home: string,
  terminal: Terminal,
): Promise<Evaluation | null> {
  const folder = await mkdtemp(join(tmpdir(), 'retort-evaluate-'));
  const out = join(folder, 'evaluation.json');
  const { dir, features } = homePaths(home);
  const command = {
    command: 'evaluate',
    checkpoint: choice.checkpoint,
    feature_store: features,
    rows: await writeJsonLines(join(folder, 'rows.jsonl'), lines),
    images: await writeJsonLines(join(folder, 'images.jsonl'), ratedImages(lines)),
    work: join(dir, 'evaluations'),
    train_predictor: choice.trainPredictor,
    folds: choice.folds,
    seed: choice.seed,
    code: await scorerCodeHash(),
    predictions: choice.out,
    threads: availableParallelism(),
    out,
  } as const;
  try {
    return await withMeteredScorer(terminal, 'evaluate', async (scorer, { onProgress }) => {
      await scorer.run(command, (event) => {
        if (event.event === 'progress') onProgress({ ...event, note: event.note ?? null });
      });
      return evaluationSchema.parse(JSON.parse(await readFile(out, 'utf8')));
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
