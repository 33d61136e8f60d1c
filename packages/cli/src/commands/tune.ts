import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import {
  type PipelineDeps,
  type ScorerRun,
  type TuneResult,
  triedSettingSchema,
  triesDescriptions,
  tuneRun,
  tuningFolder,
} from '@retort/pipeline';
import { DEFAULT_PROFILE } from '@retort/scorer';
import { EXIT } from '../exit-codes.ts';
import { findRun } from '../find-run.ts';
import { loadRatedRun } from '../rated-run.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { parseTune, type TuneChoice, type TuneFlags } from '../tune-options.ts';
import { tuneText } from '../tune-text.ts';
import { withMeteredScorer } from '../with-metered-scorer.ts';
import { withLatestRun } from './open-home.ts';

/** `distill tune`: hyper-parameters by cross-validation on a run's train rows. Works beside a running distill. */
export async function tuneCommand(flags: TuneFlags, terminal: Terminal): Promise<number> {
  const choice = parseTune(flags, terminal.env);
  return withLatestRun(flags, terminal, async (deps, latest) => {
    const { id, plan } = flags.run === undefined ? latest : findRun(deps.store, flags.run);
    const profile = choice.profile ?? plan.profile ?? DEFAULT_PROFILE;
    const described = triesDescriptions(choice.settings);
    const run = await loadRatedRun(deps, { id, plan }, { profile, described });
    const result = await tune(deps, run, { ...choice, profile }, terminal);
    if (result === null) {
      terminal.say(`Interrupted. What was tried is stored; go on with: ${terminal.commandLine}`);
      return EXIT.interrupted;
    }
    if (flags.json === true) terminal.print(JSON.stringify(result));
    else terminal.print(await resultText(result, run, { ...choice, profile }, terminal.color));
    return EXIT.ok;
  });
}

/** Null when it was interrupted. */
function tune(
  deps: PipelineDeps,
  run: ScorerRun,
  choice: TuneChoice & { readonly profile: string },
  terminal: Terminal,
): Promise<TuneResult | null> {
  return withMeteredScorer(terminal, 'tune', (scorer, { onProgress }) => {
    const out = choice.out ?? tuningFolder(deps, run, choice.folds, choice.seed);
    const options = { ...choice, out, threads: availableParallelism() };
    return tuneRun({ ...deps, scorer }, run, options, onProgress);
  });
}

async function resultText(
  result: TuneResult,
  run: ScorerRun,
  { profile, folds }: TuneChoice & { readonly profile: string },
  color: boolean,
): Promise<string> {
  const lines = (await readFile(result.tried_file, 'utf8')).split('\n').filter((line) => line !== '');
  return tuneText(
    {
      tried: lines.map((line) => triedSettingSchema.parse(JSON.parse(line))),
      aspects: run.inputs.aspects,
      folds,
      triedFile: result.tried_file,
      bestConfig: result.best_config,
      profile: profile === DEFAULT_PROFILE ? null : profile,
    },
    color,
  );
}
