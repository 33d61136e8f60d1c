import type { Command } from 'commander';
import { addSubcommand } from './add-subcommand.ts';
import { finetuneCommand } from './commands/finetune.ts';
import type { Terminal } from './terminal/terminal.ts';

const HELP = `
The network's last stages are tuned on train rows, all aspects at once; val rows choose the epoch, test rows are not looked at.
1,500 images on two cores: some 3 minutes, once, for what the stages read (0.1 or 0.25 MB an image, kept), then half a minute an epoch.
The same command again goes on after the last whole epoch. "pnpm distill … --tuned-stages FILE" fits on their features beside
those of the stages as they were; it refuses a split whose test rows were tuned on. See docs/tune.md.`;

/** `distill finetune` and its options. */
export function addFinetune(program: Command, terminal: Terminal, exit: (code: number) => void): void {
  addSubcommand(
    program,
    'finetune',
    'tune the last stages of the embedded encoder on the train rows of a run',
    ['finetune', 'finetune --stages 2 --out tuned-stages.safetensors', 'finetune --run 3c7ac4d7 --json'],
  )
    .option('--run <id>', 'on the rows of another run than the latest: its id, or the beginning of it')
    .option('--stages <n>', 'how many of the last stages: 1 (default) or 2')
    .option('--epochs <n>', 'looks at each train image (default 3, or 2 with --stages 2)')
    .option('--learning-rate <x>', 'of the first step (default 3e-4, or 1e-4 with --stages 2)')
    .option('--out <file>', 'safetensors file of the tuned stages (default: in the home)')
    .addHelpText('after', HELP)
    .action(async (_flags, command: Command) =>
      exit(await finetuneCommand(command.optsWithGlobals(), terminal)),
    );
}
