import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import {
  importedDataset,
  loadRunCorpus,
  type PipelineDeps,
  type ScorerRun,
  scorerInputs,
  type TuneResult,
  triedSettingSchema,
  triesDescriptions,
  tuneRun,
  tuningFolder,
} from '@retort/pipeline';
import { RetortError, type RunPlan } from '@retort/schema';
import { DEFAULT_PROFILE } from '@retort/scorer';
import { UNRATED_REASON } from '../coordinator/distill-run.ts';
import { EXIT } from '../exit-codes.ts';
import { findRun } from '../find-run.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { parseTune, type TuneChoice, type TuneFlags } from '../tune-options.ts';
import { tuneText } from '../tune-text.ts';
import { withMeteredScorer } from '../with-metered-scorer.ts';
import { withLatestRun } from './open-home.ts';

export class NothingToTuneError extends RetortError {
  readonly code = 'not-found';
  constructor() {
    super(UNRATED_REASON);
  }
}

/** `distill tune`: hyper-parameters by cross-validation on a run's train rows. Works beside a running distill. */
export async function tuneCommand(flags: TuneFlags, terminal: Terminal): Promise<number> {
  const choice = parseTune(flags, terminal.env);
  return withLatestRun(flags, terminal, async (deps, latest) => {
    const { id, plan } = flags.run === undefined ? latest : findRun(deps.store, flags.run);
    const profile = choice.profile ?? plan.profile ?? DEFAULT_PROFILE;
    const run = await tunedRun(deps, { id, plan }, { ...choice, profile });
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

/** The run as its scorer would be fitted, without the settings that are to be found. @throws NothingToTuneError */
async function tunedRun(
  deps: PipelineDeps,
  { id, plan }: { readonly id: string; readonly plan: RunPlan },
  { profile, settings }: TuneChoice & { readonly profile: string },
): Promise<ScorerRun> {
  const dataset = importedDataset(deps, plan);
  const corpusKey = await loadRunCorpus(deps, { id, plan });
  if (dataset === null) throw new NothingToTuneError();
  const { scorerConfig: _config, refit: _refit, ...rest } = plan;
  const tuned: RunPlan = { ...rest, profile };
  const described = triesDescriptions(settings);
  const inputs = await scorerInputs(deps, { plan: tuned, dataset, corpusKey, described });
  if (inputs.aspects.length === 0) throw new NothingToTuneError();
  return { id, plan: tuned, dataset, corpusKey, inputs };
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
