import type { Command } from 'commander';
import { addSubcommand } from './add-subcommand.ts';
import { reparseCommand } from './commands/reparse.ts';
import type { Terminal } from './terminal/terminal.ts';

/** `distill reparse` and its options. */
export function addReparse(program: Command, terminal: Terminal, exit: (code: number) => void): void {
  addSubcommand(
    program,
    'reparse',
    "read all stored answers again with today's parser, and say what changed",
    [
      'reparse --dry-run',
      'reparse --run 306c13a445ea7936 --json',
      'reparse --strict                      take out answers that are refused today, and ask again',
    ],
  )
    .option('--run <id>', 'only answers that this run uses (default: all of the home)')
    .option('--dry-run', 'say what would change, and write nothing')
    .option(
      '--strict',
      "also take out answers that today's parser refuses: the next distill asks for them again",
    )
    .addHelpText(
      'after',
      '\nAsks nobody, costs nothing, needs no key. The next distill builds its corpora from what changed.',
    )
    .action(async (_flags, command) => exit(await reparseCommand(command.optsWithGlobals(), terminal)));
}
