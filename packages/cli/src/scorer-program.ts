import type { Command } from 'commander';
import { JSON_FLAG } from './add-subcommand.ts';
import { packCommand } from './commands/scorer-pack.ts';
import { optionsHint, refuseDistillOptions } from './stray-options.ts';
import type { Terminal } from './terminal/terminal.ts';

const PACK_HELP = `
The pack predicts alone: weights, Python package, requirements and model card; docs/scorer.md shows how.
Equal checkpoints give equal bytes. metrics.json beside the checkpoint fills the card.

Examples:
  pnpm distill scorer pack --checkpoint .retort/training/…/scorer.safetensors --out my-scorer
  pnpm distill scorer pack --checkpoint scorer.safetensors --out my-scorer --onnx --overwrite`;

/** `distill scorer` and its subcommands. */
export function addScorer(program: Command, terminal: Terminal, exit: (code: number) => void): void {
  const scorer = program
    .command('scorer')
    .description('make something of a fitted scorer: pack')
    .showHelpAfterError(optionsHint('scorer'))
    .hook('preAction', () => refuseDistillOptions(program, 'scorer'));
  scorer
    .command('pack')
    .description('write a scorer as a folder that one can take away')
    .requiredOption('--checkpoint <file>', 'scorer.safetensors of a fit')
    .requiredOption('--out <dir>', 'folder of the pack; it is made')
    .option('--onnx', 'with scorer.onnx, for the aspects that need no image prompt; checked against PyTorch')
    .option('--overwrite', 'replace the pack that stands at --out')
    .addOption(JSON_FLAG())
    .addHelpText('after', PACK_HELP)
    .action(async (_flags, command) => exit(await packCommand(command.optsWithGlobals(), terminal)));
}
