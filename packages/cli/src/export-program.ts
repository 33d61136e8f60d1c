import type { Command } from 'commander';
import { addSubcommand } from './add-subcommand.ts';
import { exportCommand } from './commands/export.ts';
import type { Terminal } from './terminal/terminal.ts';

const TURNS_HELP = `
Turns: a rated row has question, description, word question and word; an unrated one the first two; an evaluation row whose
text saw the label has question and word. --turns 2 keeps question and description, with --words question and word.
More in docs/export.md.`;

/** `distill export` and its options. */
export function addExport(program: Command, terminal: Terminal, exit: (code: number) => void): void {
  addSubcommand(
    program,
    'export [corpus]',
    'write a corpus, or a part of it, for the trainer that loads it',
    [
      'export --format ms-swift --out my-corpus',
      'export 306c13a445ea --format parquet,webdataset --out to-share',
      'export --format llamafactory --split train,val --aspects quality --out quality',
      'export --format minicpm-v --join quality,correspondence --images path --out joined',
    ],
  )
    .requiredOption(
      '--format <list>',
      'minicpm-v, ms-swift, llamafactory, parquet, webdataset; several with commas',
    )
    .requiredOption('--out <dir>', 'folder of the export; it is made')
    .option('--run <id>', "another run's corpus than the latest's: its id, or the beginning of it")
    .option('--split <list>', 'only these: train, val, test')
    .option('--aspects <list>', 'only rows about these: quality, correspondence, authenticity')
    .option('--turns <n>', '2 or 4 turns a row')
    .option('--words', 'only rows that end with a word')
    .option('--no-words', 'no word questions and words')
    .option('--join <list>', 'one conversation about several aspects: quality,correspondence')
    .option(
      '--images <mode>',
      'link (copies where links are not possible), copy, or path: where they lie',
      'link',
    )
    .option('--overwrite', 'replace another corpus that stands at --out')
    .option('--dry-run', 'say what would be written, and write nothing')
    .addHelpText('after', TURNS_HELP)
    .action(async (corpus: string | undefined, _flags, command) =>
      exit(await exportCommand(corpus, command.optsWithGlobals(), terminal)),
    );
}
