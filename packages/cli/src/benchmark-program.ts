import type { Command } from 'commander';
import { addDatasetOptions } from './add-dataset-options.ts';
import { addSubcommand } from './add-subcommand.ts';
import { benchmarkCommand } from './commands/benchmark.ts';
import type { Terminal } from './terminal/terminal.ts';

const COLUMNS_HELP = `
Columns of the CSV: name and prediction, or name and one column an aspect (quality, correspondence, authenticity); what predict
prints is understood. Optional: aspect, method, seed, protocol, and either fold (a row was predicted by a model trained on the
other folds' rows) or split (train, val, test: only test rows are judged). Without fold or split the protocol is "unstated".
More in docs/evaluation.md.`;

/** `distill benchmark` and its options. */
export function addBenchmark(program: Command, terminal: Terminal, exit: (code: number) => void): void {
  const command = addSubcommand(
    program,
    'benchmark [predictions]',
    'judge any method’s predictions: fixed folds, floor, stored runs, leak report',
    [
      'benchmark predictions.csv --dataset agiqa-3k --path ../agiqa-3k --aspect quality',
      'benchmark --dataset agiqa-3k --path ../agiqa-3k --write-splits folds.csv',
    ],
  );
  addDatasetOptions(command)
    .option(
      '--aspect <name>',
      'what the column prediction is about, where the dataset has ratings of several',
    )
    .option(
      '--write-splits <file>',
      'write the fixed folds as CSV (name, prompt_fold, model), to train on them',
    )
    .addHelpText('after', COLUMNS_HELP)
    .action(async (predictions: string | undefined, _flags, self: Command) =>
      exit(await benchmarkCommand(predictions, self.optsWithGlobals(), terminal)),
    );
}
