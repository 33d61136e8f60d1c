import type { Command } from 'commander';
import {
  DEFAULT_BATCH_MB,
  DEFAULT_BATCH_ROWS,
  DEFAULT_BATCHES,
  DEFAULT_POLL_SECONDS,
} from './batch-options.ts';
import type { BatchesFlags } from './commands/batches.ts';

/** The flags of `distill` for `--teacher gemini-batch`. */
export function addBatchOptions(program: Command): Command {
  return program
    .option(
      '--no-wait',
      'gemini-batch: hand the batches over, look once and end with 3; the same command collects them',
    )
    .option(
      '--poll-seconds <s>',
      `gemini-batch: look again after s seconds, then ever more rarely, up to 20 s (default ${DEFAULT_POLL_SECONDS}: up to 10 minutes)`,
    )
    .option('--batch-rows <n>', `gemini-batch: at most n requests a batch (default ${DEFAULT_BATCH_ROWS})`)
    .option(
      '--batch-mb <n>',
      `gemini-batch: at most n MB a batch (default ${DEFAULT_BATCH_MB}, at most 2000)`,
    )
    .option('--batches <n>', `gemini-batch: batches at once (default ${DEFAULT_BATCHES}, at most 100)`);
}

type AddSubcommand = (program: Command, name: string, about: string, examples: readonly string[]) => Command;

/** `distill batches`. */
export function addBatchesCommand(
  addSubcommand: AddSubcommand,
  program: Command,
  run: (flags: BatchesFlags) => Promise<void>,
): void {
  addSubcommand(program, 'batches', 'batches handed to --teacher gemini-batch, the latest first', [
    'batches',
    'batches --json',
    'batches --cancel batches/abc123',
    'batches --forget batches/abc123',
  ])
    .option(
      '--cancel <name>',
      'ask Google to end it: what it has answered by then may be billed and is collected',
    )
    .option(
      '--forget <name>',
      'stop waiting for it: its rows are asked and paid again, and what it cost stays counted',
    )
    .option('--all', 'those that are over, too')
    .action((_flags, command) => run(command.optsWithGlobals()));
}
