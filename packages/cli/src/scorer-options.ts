import { readFileSync } from 'node:fs';
import type { RunPlan } from '@retort/schema';
import { DEFAULT_PROFILE, readProfiles, readTunedStages } from '@retort/scorer';
import type { Command } from 'commander';
import { z } from 'zod';
import { choice, existing } from './flag-values.ts';
import { userPath } from './repository.ts';
import { UsageError } from './usage-error.ts';

/** Flags of `distill` that say how the scorer is fitted, as commander hands them over. */
export interface ScorerFlags {
  readonly profile?: string;
  readonly scorerConfig?: string;
  readonly tunedStages?: string;
  readonly refit?: string;
  readonly protocol?: string;
}

/** Members that aren't said are absent, so that a run without them is the run it was before they existed. */
export type ScorerPlan = Pick<RunPlan, 'profile' | 'scorerConfig' | 'tunedStages' | 'refit' | 'protocol'>;

type Env = Readonly<Record<string, string | undefined>>;

export function addScorerOptions(program: Command): Command {
  return program
    .option('--profile <name>', 'of the scorer: fast (default), or best, which reads images by two networks')
    .option(
      '--scorer-config <file>',
      'JSON of hyper-parameters that the fit takes instead of the profile’s, such as best.json of tune',
    )
    .option(
      '--tuned-stages <file>',
      'read images by the encoder’s last stages as finetune tuned them as well, beside the untuned',
    )
    .option(
      '--refit <rows>',
      'all: when the figures stand, train the scorer that predicts once more, on every rated row',
    )
    .option(
      '--protocol <name>',
      'legacy: test chooses the epoch, as in the paper’s code; metrics, report and predict then say so',
    );
}

/**
 * @throws UsageError no such profile, a file that is no JSON object, stages of another encoder than the profile's, another refit
 *   than `all`, another protocol than `legacy`
 * @throws TunedStagesUnreadableError
 */
export function parseScorer(flags: ScorerFlags, env: Env): ScorerPlan {
  const { profile, scorerConfig, refit, protocol } = flags;
  const name = parseProfile(profile);
  const config = scorerConfig === undefined ? {} : readScorerConfig(userPath(scorerConfig, env));
  return {
    ...(name === DEFAULT_PROFILE ? {} : { profile: name }),
    ...(Object.keys(config).length === 0 ? {} : { scorerConfig: config }),
    ...parseTunedStages(flags, name, env),
    ...(refit === undefined ? {} : { refit: choice('--refit', refit, ['all'] as const) }),
    ...(protocol === undefined ? {} : { protocol: choice('--protocol', protocol, ['legacy'] as const) }),
  };
}

function parseTunedStages(flags: ScorerFlags, profile: string, env: Env): Pick<RunPlan, 'tunedStages'> {
  const file = tunedStagesPath(flags, env);
  if (file === null) return {};
  const { base, encoder_revision: revision } = readTunedStages(file);
  const { encoder } = readProfiles()[profile] ?? {};
  if (base.encoder !== encoder)
    throw new UsageError(
      `--tuned-stages: ${file} has stages of the encoder ${base.encoder}, --profile ${profile} reads ${encoder}: leave --profile out.`,
    );
  return { tunedStages: revision.image };
}

/** The file that `--tuned-stages` names; null without it. @throws UsageError it isn't there */
export function tunedStagesPath({ tunedStages }: ScorerFlags, env: Env): string | null {
  return tunedStages === undefined ? null : existing('--tuned-stages', userPath(tunedStages, env));
}

/** A profile by its name, the default one where none is given. @throws UsageError */
export function parseProfile(name: string = DEFAULT_PROFILE): string {
  return choice('--profile', name, Object.keys(readProfiles()));
}

function readScorerConfig(path: string): Record<string, unknown> {
  const value = readJsonFile('--scorer-config', path);
  const config = z.record(z.string(), z.unknown()).safeParse(value);
  if (config.success) return config.data;
  throw new UsageError(`--scorer-config: ${path} should hold a JSON object of hyper-parameters.`);
}

/** What a JSON file holds. @throws UsageError it isn't there, or no JSON */
export function readJsonFile(flag: string, path: string): unknown {
  try {
    return JSON.parse(readFileSync(existing(flag, path), 'utf8'));
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(
      `${flag}: ${path} can't be read as JSON (${error instanceof Error ? error.message : String(error)}).`,
    );
  }
}
