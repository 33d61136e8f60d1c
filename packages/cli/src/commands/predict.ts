import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { readImagePrompts } from '@retort/datasets';
import { ensureScorerEnvironment, startScorer } from '@retort/pipeline';
import { readImageEndings, type ScorerPrediction, scorerPredictionSchema } from '@retort/scorer';
import { z } from 'zod';
import { checkpointLeakage } from '../checkpoint-leakage.ts';
import { csvCell } from '../csv-cell.ts';
import { EXIT } from '../exit-codes.ts';
import { resolveCache, userPath } from '../repository.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { UsageError } from '../usage-error.ts';

const PREDICT_THREADS = 2;

export interface PredictFlags {
  readonly checkpoint?: string;
  readonly images?: string;
  readonly imagePrompts?: string;
  readonly json?: boolean;
}

const resultSchema = z.object({
  failed: z.array(z.object({ image: z.string(), reason: z.string() })).default([]),
  skipped: z.array(z.object({ aspect: z.string(), reason: z.string() })).default([]),
});

/**
 * `distill predict`: a score and its 90 % interval for each image and aspect of a checkpoint, from pixels and image prompt
 * alone. Predictions go to stdout, what couldn't be scored to stderr; with nothing scored it fails.
 */
export async function predictCommand(flags: PredictFlags, terminal: Terminal): Promise<number> {
  const checkpoint = requirePath('--checkpoint', flags.checkpoint, terminal);
  const folder = requirePath('--images', flags.images, terminal);
  const prompts =
    flags.imagePrompts === undefined
      ? null
      : await readImagePrompts(userPath(flags.imagePrompts, terminal.env));
  const names = await listImages(folder);
  const work = await mkdtemp(join(tmpdir(), 'retort-predict-'));
  try {
    const images = join(work, 'images.jsonl');
    const out = join(work, 'predictions.jsonl');
    const lines = names.map((image) => ({
      image,
      path: join(folder, image),
      image_prompt: prompts?.get(image) ?? null,
    }));
    await writeFile(images, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    const result = await runScorer({ checkpoint, images, out }, terminal);
    const predictions = await readPredictions(out);
    const leakage = await checkpointLeakage(checkpoint);
    if (leakage !== null) terminal.say(leakage);
    printPredictions(predictions, flags.json === true, terminal);
    for (const { image, reason } of result.failed) terminal.say(`${image}: ${reason}`);
    for (const [reason, skipped] of Map.groupBy(result.skipped, (one) => one.reason)) {
      terminal.say(`${skipped.length} images: ${reason}`);
    }
    return predictions.length > 0 ? EXIT.ok : EXIT.failed;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function requirePath(flag: string, value: string | undefined, { env }: Terminal): string {
  if (value === undefined) throw new UsageError(`${flag} is missing: see "distill predict --help".`);
  const path = userPath(value, env);
  if (!existsSync(path)) throw new UsageError(`${flag}: there is no ${path}.`);
  return path;
}

/** Images below the folder, by their path in it. */
async function listImages(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: Error) => {
    throw new UsageError(`--images: ${folder} can't be read as a folder (${error.message}).`);
  });
  const endings = await readImageEndings();
  const names = entries
    .filter((entry) => !entry.isDirectory() && endings.includes(extname(entry.name).toLowerCase()))
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length)
        .replace(/^[/\\]+/, ''),
    );
  if (names.length === 0) throw new UsageError(`--images: ${folder} holds no image (${endings.join(', ')}).`);
  return names.sort();
}

async function runScorer(paths: { checkpoint: string; images: string; out: string }, terminal: Terminal) {
  const onInstall = (): void => terminal.say('installing PyTorch (about 1 GB, once)');
  const { env } = terminal;
  const scorer = startScorer(await ensureScorerEnvironment({ cacheDir: resolveCache(env), env, onInstall }));
  try {
    const command = { command: 'predict', ...paths, feature_store: null, threads: PREDICT_THREADS } as const;
    return resultSchema.parse(await scorer.run(command, () => undefined));
  } finally {
    await scorer.stop();
  }
}

async function readPredictions(path: string): Promise<ScorerPrediction[]> {
  const text = await readFile(path, 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => scorerPredictionSchema.parse(JSON.parse(line)));
}

function printPredictions(predictions: readonly ScorerPrediction[], json: boolean, terminal: Terminal): void {
  if (json) {
    terminal.print(JSON.stringify(predictions));
    return;
  }
  terminal.print('image,aspect,predicted_mos,low,high');
  for (const { image, aspect, predicted_mos, low, high } of predictions) {
    terminal.print([csvCell(image), aspect, predicted_mos, low, high].join(','));
  }
}
