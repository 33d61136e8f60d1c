import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { writeJsonLines } from '@retort/pipeline';
import { quoteForShell } from '@retort/schema';
import type { ScorerCommand } from '@retort/scorer';
import { z } from 'zod';
import { type BaselineChoice, type BaselineFlags, parseBaseline } from '../baseline-options.ts';
import { type NamedDataset, readNamedDataset } from '../benchmark/named-dataset.ts';
import { EXIT } from '../exit-codes.ts';
import { existing } from '../flag-values.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { UsageError } from '../usage-error.ts';
import { withMeteredScorer } from '../with-metered-scorer.ts';

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
  try {
    const command: ScorerCommand = {
      command: 'train-baseline',
      rows: await writeJsonLines(join(folder, 'rows.jsonl'), dataset.lines),
      threads: availableParallelism(),
      ...choice,
    };
    return await withMeteredScorer(
      terminal,
      'baseline',
      async (scorer, { onProgress, log }) =>
        resultSchema.parse(
          await scorer.run(command, (event) => {
            if (event.event === 'progress') onProgress({ ...event, note: event.note ?? null });
            if (event.event === 'log') log(event.message);
          }),
        ),
      'baselines',
    );
  } finally {
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
