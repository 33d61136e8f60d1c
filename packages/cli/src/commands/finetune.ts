import { availableParallelism } from 'node:os';
import { type FinetuneResult, finetuneRun, type PipelineDeps, type ScorerRun } from '@retort/pipeline';
import { DEFAULT_PROFILE } from '@retort/scorer';
import { EXIT } from '../exit-codes.ts';
import { findRun } from '../find-run.ts';
import { type FinetuneChoice, type FinetuneFlags, parseFinetune } from '../finetune-options.ts';
import { finetuneText } from '../finetune-text.ts';
import { loadRatedRun } from '../rated-run.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { withMeteredScorer } from '../with-metered-scorer.ts';
import { withLatestRun } from './open-home.ts';

/** `distill finetune`: the encoder's last stages tuned on a run's train rows. Works beside a running distill. */
export async function finetuneCommand(flags: FinetuneFlags, terminal: Terminal): Promise<number> {
  const choice = parseFinetune(flags, terminal.env);
  return withLatestRun(flags, terminal, async (deps, latest) => {
    const { id, plan } = flags.run === undefined ? latest : findRun(deps.store, flags.run);
    const run = await loadRatedRun(deps, { id, plan }, { profile: DEFAULT_PROFILE });
    const result = await finetune(deps, run, choice, terminal);
    if (result === null) {
      terminal.say(`Interrupted after the last whole epoch; go on with: ${terminal.commandLine}`);
      return EXIT.interrupted;
    }
    if (flags.json === true) terminal.print(JSON.stringify(result));
    else terminal.print(finetuneText(result, run.inputs.aspects, terminal.color));
    return EXIT.ok;
  });
}

/** Null when it was interrupted. */
function finetune(
  deps: PipelineDeps,
  run: ScorerRun,
  choice: FinetuneChoice,
  terminal: Terminal,
): Promise<FinetuneResult | null> {
  return withMeteredScorer(terminal, 'finetune', (scorer, { onProgress }) =>
    finetuneRun({ ...deps, scorer }, run, { ...choice, threads: availableParallelism() }, onProgress),
  );
}
