import { BASELINE_NAMES } from '@retort/scorer';
import type { Command } from 'commander';
import { addDatasetOptions } from './add-dataset-options.ts';
import { addSubcommand } from './add-subcommand.ts';
import { baselineCommand } from './commands/baseline.ts';
import type { Terminal } from './terminal/terminal.ts';

const HELP = `
NAME is one of ${BASELINE_NAMES.join(', ')}.
Trained as by its authors (docs/baselines.md) on four of the benchmark's five folds, it predicts the fifth; no image prompt
is read. Before it starts it says how long that will take here; a GPU is used where there is one (SCORER_TORCH=cuda).
The same command again goes on after the last whole epoch, and finished folds are not trained again: "--fold 1" to "--fold 5",
on five machines with one home or one after the other, and then the command without --fold, which puts them together.
ImageNet weights are fetched once from huggingface.co (vil: ml.jku.at, dbcnn: raw.githubusercontent.com too).`;

/** `distill baseline` and its options. */
export function addBaseline(program: Command, terminal: Terminal, exit: (code: number) => void): void {
  const command = addSubcommand(
    program,
    'baseline [name]',
    'train one of the paper’s baselines on the fixed folds; its predictions are for benchmark',
    [
      'baseline resnet50 --dataset agiqa-3k --path ../agiqa-3k --out resnet50.csv',
      'baseline hyperiqa --dataset agiqa-3k --path ../agiqa-3k --aspect correspondence --fold 2 --out fold-2.csv',
      'baseline resnet50 --epochs 1 --fold 1 --random-weights --out try.csv      the sample; shows that it runs',
    ],
  );
  addDatasetOptions(command)
    .option('--aspect <name>', 'quality (default), correspondence or authenticity')
    .option('--fold <n>', 'this fold alone is held out and predicted, 1 to 5 (default: each in turn)')
    .option('--epochs <n>', 'of each stage instead of the authors’; rows then say so')
    .option('--seed <n>', 'of order, crops and new layers (default 0)')
    .option('--random-weights', 'draw all weights: no result of the method, and rows say so')
    .option('--out <file>', 'CSV of name, method, seed, fold and the aspect')
    .addHelpText('after', HELP)
    .action(async (name: string | undefined, _flags, self: Command) =>
      exit(await baselineCommand(name, self.optsWithGlobals(), terminal)),
    );
}
