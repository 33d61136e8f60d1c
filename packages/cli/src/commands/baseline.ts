import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { writeJsonLines } from '@retort/pipeline';
import { quoteForShell } from '@retort/schema';
import { type ScorerCommand, ScorerDiedError } from '@retort/scorer';
import { z } from 'zod';
import { type BaselineChoice, type BaselineFlags, parseBaseline } from '../baseline-options.ts';
import { type NamedDataset, readNamedDataset } from '../benchmark/named-dataset.ts';
import { EXIT } from '../exit-codes.ts';
import { existing } from '../flag-values.ts';
import { interruptible } from '../terminal/interruptible.ts';
import { createMeter } from '../terminal/meter.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { UsageError } from '../usage-error.ts';
import { withScorer } from '../with-scorer.ts';

const resultSchema = z.object({
  out: z.string(),
  method: z.string(),
  rows: z.number(),
  folds: z.array(z.number()),
  reused: z.array(z.number()),
});
type Result = z.infer<typeof resultSchema>;

/** `distill baseline`: one of the paper's baselines trained on the fixed folds; its predictions are for `distill benchmark`. */
export async function baselineCommand(
  name: string | undefined,
  flags: BaselineFlags,
  terminal: Terminal,
): Promise<number> {
  const choice = parseBaseline(name, flags, terminal.env);
  existing('--out', dirname(choice.out));
  const dataset = await readNamedDataset(flags, terminal);
  if (!dataset.aspects.includes(choice.aspect))
    throw new UsageError(
      `--aspect: ${dataset.name} has no MOS of ${choice.aspect}, it has ${dataset.aspects.join(' and ') || 'none at all'}.`,
    );
  const result = await train(choice, dataset, terminal);
  if (result === null) {
    terminal.say(`Interrupted after the last whole epoch; go on with: ${terminal.commandLine}`);
    return EXIT.interrupted;
  }
  terminal.print(flags.json === true ? JSON.stringify(result) : resultText(result, flags));
  return EXIT.ok;
}

/** Null when it was interrupted. */
async function train(
  choice: BaselineChoice,
  dataset: NamedDataset,
  terminal: Terminal,
): Promise<Result | null> {
  const folder = await mkdtemp(join(tmpdir(), 'retort-baseline-'));
  const meter = createMeter(terminal.screen, () => performance.now());
  const interrupt = interruptible(terminal, meter, () => undefined);
  try {
    const command: ScorerCommand = {
      command: 'train-baseline',
      rows: await writeJsonLines(join(folder, 'rows.jsonl'), dataset.lines),
      threads: availableParallelism(),
      ...choice,
    };
    const work = withScorer(
      terminal,
      (scorer) => {
        interrupt.signal.addEventListener('abort', () => void scorer.stop());
        meter.start('baseline');
        return scorer.run(command, (event) => {
          if (event.event === 'progress') meter.update({ ...event, note: event.note ?? null });
          if (event.event === 'log') meter.log(event.message);
        });
      },
      'baselines',
    );
    return resultSchema.parse(await work);
  } catch (error) {
    if (interrupt.signal.aborted && error instanceof ScorerDiedError) return null;
    throw error;
  } finally {
    meter.abandon();
    interrupt.release();
    await rm(folder, { recursive: true, force: true });
  }
}

function resultText({ out, method, rows, folds, reused }: Result, flags: BaselineFlags): string {
  const which = folds.length === 1 ? `fold ${folds.join()}` : `${folds.length} folds`;
  const before = reused.length > 0 ? `, of which ${reused.length} trained before` : '';
  const dataset = (['dataset', 'path', 'csv', 'columns', 'scale'] as const).flatMap((flag) => {
    const value = flags[flag];
    return value === undefined ? [] : [`--${flag}`, quoteForShell(value)];
  });
  return [
    `${rows} held-out images predicted by ${method}, ${which}${before}: ${out}`,
    `Its row beside floor and published figures: ${['pnpm distill benchmark', quoteForShell(out), ...dataset].join(' ')}`,
  ].join('\n');
}
