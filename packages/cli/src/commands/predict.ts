import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { checkpointLeakage } from '../checkpoint-leakage.ts';
import { EXIT } from '../exit-codes.ts';
import { findCheckpoint } from '../find-checkpoint.ts';
import { linesOf } from '../lines-of.ts';
import { type ImageToScore, imagesToScore } from '../predict-source.ts';
import { userPath } from '../repository.ts';
import { runScorerCommand } from '../scorer-process.ts';
import { createMeter } from '../terminal/meter.ts';
import type { Terminal } from '../terminal/terminal.ts';

const PREDICT_THREADS = 2;

export interface PredictFlags {
  readonly checkpoint: string;
  readonly images?: string;
  readonly imagePrompts?: string;
  readonly out?: string;
  readonly json?: boolean;
}

const resultSchema = z.object({
  predicted: z.number(),
  lines: z.number(),
  resumed: z.number(),
  encoded: z.number(),
  failed: z.array(z.object({ image: z.string(), reason: z.string() })),
  skipped: z.array(z.object({ aspect: z.string(), reason: z.string(), images: z.number() })),
});
type Result = z.infer<typeof resultSchema>;

/**
 * `distill predict`: a score and its 90 % interval for each image and aspect of a checkpoint, from pixels and image prompt
 * alone. Predictions go to stdout or --out, what couldn't be scored to stderr; with nothing scored it fails.
 */
export async function predictCommand(
  source: string | undefined,
  flags: PredictFlags,
  terminal: Terminal,
): Promise<number> {
  const checkpoint = findCheckpoint(flags.checkpoint, terminal.env);
  const work = await mkdtemp(join(tmpdir(), 'retort-predict-'));
  try {
    const images = join(work, 'images.jsonl');
    const { env } = terminal;
    const { imagePrompts } = flags;
    await writeList(
      images,
      imagesToScore({ source, images: flags.images, imagePrompts, env, stdin: process.stdin }),
    );
    const ending = flags.json === true ? 'jsonl' : 'csv';
    const out = flags.out === undefined ? join(work, `scores.${ending}`) : userPath(flags.out, env);
    const result = await predict({ checkpoint, images, out }, terminal);
    const leakage = await checkpointLeakage(checkpoint);
    if (leakage !== null) terminal.say(leakage);
    if (flags.out !== undefined) printResult(result, out, flags.json === true, terminal);
    else await (flags.json === true ? printJson(out, terminal) : printLines(out, terminal));
    for (const { image, reason } of result.failed) terminal.say(`${image}: ${reason}`);
    for (const { images: count, reason } of result.skipped) terminal.say(`${count} images: ${reason}`);
    return result.lines > 0 ? EXIT.ok : EXIT.failed;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function writeList(path: string, images: AsyncIterable<ImageToScore>): Promise<void> {
  const file = await open(path, 'w');
  try {
    for await (const image of images) await file.write(`${JSON.stringify(image)}\n`);
  } finally {
    await file.close();
  }
}

async function predict(
  paths: { checkpoint: string; images: string; out: string },
  terminal: Terminal,
): Promise<Result> {
  const meter = createMeter(terminal.screen, () => performance.now());
  meter.start('predict');
  const command = { command: 'predict', ...paths, feature_store: null, threads: PREDICT_THREADS } as const;
  try {
    return resultSchema.parse(
      await runScorerCommand(command, terminal, (event) => {
        if (event.event === 'progress') meter.update({ ...event, note: event.note ?? null });
      }),
    );
  } finally {
    meter.abandon();
  }
}

function printResult(result: Result, out: string, json: boolean, terminal: Terminal): void {
  const { predicted, resumed, failed } = result;
  if (json) terminal.print(JSON.stringify({ ...result, out }));
  else
    terminal.print(
      `${predicted} images scored, ${failed.length} failed, ${resumed} rows were done before: ${out}`,
    );
}

async function printLines(file: string, terminal: Terminal): Promise<void> {
  for await (const line of linesOf(createReadStream(file))) terminal.print(line);
}

/** JSON lines as one array, a member a line. */
async function printJson(file: string, terminal: Terminal): Promise<void> {
  let before = '[';
  for await (const line of linesOf(createReadStream(file))) {
    terminal.print(before === '[' ? before : `${before},`);
    before = line;
  }
  terminal.print(before === '[' ? '[]' : `${before}\n]`);
}
