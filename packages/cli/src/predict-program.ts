import type { Command } from 'commander';
import { JSON_FLAG } from './add-subcommand.ts';
import { predictCommand } from './commands/predict.ts';
import { optionsHint, refuseDistillOptions } from './stray-options.ts';
import type { Terminal } from './terminal/terminal.ts';

const EXAMPLES = `
IMAGES is a folder; a CSV with the columns name and prompt, names from its own folder or that of --images; or - for stdin, one
path or {"path","prompt"} a line. Correspondence needs the image prompt.
With --out nothing is printed but how it went, and a command that was killed goes on where it was.
Low and high are a 90 % conformal interval, calibrated by image prompt on val; nothing is promised for unseen generators.

Examples:
  pnpm distill predict --checkpoint scorer.safetensors my-images
  pnpm distill predict --checkpoint scorer.safetensors my-images/prompts.csv --out scores.csv
  find my-images -name '*.png' | pnpm --silent distill predict --checkpoint my-pack - --json`;

/** `distill predict` and its options. */
export function addPredict(program: Command, terminal: Terminal, exit: (code: number) => void): void {
  program
    .command('predict [images]')
    .description('score images with a checkpoint, from pixels and image prompt alone')
    .requiredOption('--checkpoint <file>', 'scorer.safetensors of a fit, or the folder of a pack')
    .option('--images <dir>', 'folder of images; with a CSV, the folder its names are in')
    .option('--image-prompts <csv>', 'for a folder: table with the columns name and prompt')
    .option('--out <file>', 'write there instead of stdout: CSV where it ends with .csv, else JSON lines')
    .showHelpAfterError(optionsHint('predict'))
    .hook('preAction', () => refuseDistillOptions(program, 'predict'))
    .addOption(JSON_FLAG())
    .addHelpText('after', EXAMPLES)
    .action(async (source: string | undefined, _flags, command) =>
      exit(await predictCommand(source, command.optsWithGlobals(), terminal)),
    );
}
