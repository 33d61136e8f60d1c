import type { Command } from 'commander';
import { addDatasetOptions } from './add-dataset-options.ts';
import { addSubcommand } from './add-subcommand.ts';
import { evaluateCommand } from './commands/evaluate.ts';
import { DEFAULT_EVALUATE_FOLDS } from './evaluate/evaluate-options.ts';
import type { Terminal } from './terminal/terminal.ts';

const ROWS_HELP = `
Figures stand on rows whose image and image prompt the checkpoint was not trained on; those on all rows stand beside them, marked.
--train-predictor keeps the encoder and trains the checkpoint's heads on the dataset, fold by fold (the papers' "TP"): both are
shown on the same rows, with their paired difference. Features and trained folds are kept in the home: the same command again goes
on where it was. The CSV of --out is one that benchmark reads. More in docs/evaluation.md.`;

/** `distill evaluate` and its options. */
export function addEvaluate(program: Command, terminal: Terminal, exit: (code: number) => void): void {
  const command = addSubcommand(
    program,
    'evaluate',
    'judge a checkpoint on another dataset’s ratings, with and without training its predictor there',
    [
      'evaluate --checkpoint scorer.safetensors --dataset agiqa-3k --path ../agiqa-3k',
      'evaluate --checkpoint my-pack --path theirs --columns name=file,image_prompt=caption,mos_quality=score --scale 0:100',
      'evaluate --checkpoint scorer.safetensors --dataset agiqa-3k --path ../agiqa-3k --train-predictor --out predictions.csv',
    ],
  ).requiredOption('--checkpoint <file>', 'scorer.safetensors of a fit, or the folder of a pack');
  addDatasetOptions(command)
    .option('--train-predictor', 'also train the heads on the dataset, so that each row is predicted once')
    .option(
      '--folds <k>',
      `with --train-predictor: folds by image prompt (default ${DEFAULT_EVALUATE_FOLDS}, the benchmark's)`,
    )
    .option('--seed <n>', 'with --train-predictor: seed of the folds (default 0)')
    .option('--out <file>', 'write the predictions as CSV')
    .addHelpText('after', ROWS_HELP)
    .action(async (_flags, self: Command) => exit(await evaluateCommand(self.optsWithGlobals(), terminal)));
}
