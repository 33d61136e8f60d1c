import type { Command } from 'commander';
import { addSubcommand } from './add-subcommand.ts';
import { tuneCommand } from './commands/tune.ts';
import type { Terminal } from './terminal/terminal.ts';
import { DEFAULT_TRIALS, DEFAULT_TUNE_FOLDS } from './tune-options.ts';

/** `distill tune` and its options. */
export function addTune(program: Command, terminal: Terminal, exit: (code: number) => void): void {
  addSubcommand(
    program,
    'tune',
    'find hyper-parameters of the scorer by cross-validation by image prompt on train rows alone',
    [
      'tune --trials 30',
      'tune --profile best --settings grid.json --out tuned',
      'tune --run 3c7ac4d7 --json',
    ],
  )
    .option('--run <id>', 'on the corpus of another run than the latest: its id, or the beginning of it')
    .option('--profile <name>', 'fast or best (default: the run’s)')
    .option('--settings <file>', 'JSON of what is tried: a list of configs, or a grid of names and values')
    .option('--folds <k>', `folds that the train rows are divided into (default ${DEFAULT_TUNE_FOLDS})`)
    .option(
      '--trials <n>',
      `without --settings: the profile and n − 1 random settings (default ${DEFAULT_TRIALS})`,
    )
    .option('--seed <n>', 'of folds and random settings (default 0)')
    .option('--out <dir>', 'where tried.jsonl and best.json are written (default: in the home)')
    .addHelpText(
      'after',
      '\nThe same command again goes on where it was. "pnpm distill --scorer-config best.json" fits with what was found; see docs/tune.md.',
    )
    .action(async (_flags, command: Command) => exit(await tuneCommand(command.optsWithGlobals(), terminal)));
}
