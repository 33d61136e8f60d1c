import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TokenCounter } from '@retort/corpus';
import {
  type HomeTokenCounter,
  openLooseTokenCounter,
  openTokenCounter,
  type PipelineDeps,
  TOKEN_STUDENTS,
  type TokenCounterChoice,
} from '@retort/pipeline';
import type { Command } from 'commander';
import { choice } from './flag-values.ts';
import { hubAddress } from './hub-address.ts';
import { resolveCache, userPath } from './repository.ts';
import type { Terminal } from './terminal/terminal.ts';

export interface TokenizerFlags {
  readonly student?: string;
  readonly tokenizer?: string;
}

/** `--student` and `--tokenizer`: for whom tokens are counted, and by which vocabulary. */
export function addTokenizerOptions(command: Command): Command {
  return command
    .option('--student <name>', `whose tokens are counted: ${TOKEN_STUDENTS.join(', ')} (default: the first)`)
    .option(
      '--tokenizer <path|owner/name>',
      "its tokenizer.json, the folder of it, or a model of the hub (default: Llama 3's vocabulary for the first, else an estimate)",
    );
}

/** The counter that the flags mean, which keeps its counts in the home. @throws UsageError, CorpusUsageError */
export function tokenCounterOf(
  flags: TokenizerFlags,
  deps: PipelineDeps,
  terminal: Terminal,
): Promise<HomeTokenCounter> {
  return openTokenCounter(deps, choiceOf(flags, terminal));
}

/** The same without a home. @throws UsageError, CorpusUsageError */
export function looseTokenCounterOf(flags: TokenizerFlags, terminal: Terminal): Promise<TokenCounter> {
  return openLooseTokenCounter(choiceOf(flags, terminal));
}

function choiceOf(flags: TokenizerFlags, { env }: Terminal): TokenCounterChoice {
  return {
    ...(flags.student === undefined ? {} : { student: choice('--student', flags.student, TOKEN_STUDENTS) }),
    source: flags.tokenizer === undefined ? null : sourceOf(flags.tokenizer, env),
    hub: {
      fetch,
      url: hubAddress(env),
      token: env.HF_TOKEN || null,
      cacheDir: join(resolveCache(env), 'tokenizers'),
    },
  };
}

/** A path where something is there, taken from the folder it was typed in; anything else as it stands. */
function sourceOf(tokenizer: string, env: Terminal['env']): string {
  const path = userPath(tokenizer, env);
  return existsSync(path) ? path : tokenizer;
}
