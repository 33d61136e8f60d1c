import type { RunPlan } from '@retort/schema';
import type { Command } from 'commander';
import { type DatasetFlags, parseDataset } from './distill-options.ts';
import { UsageError } from './usage-error.ts';

/** Options of a command that reads a dataset's ratings: which, and how its table is read. */
export function addDatasetFlags(command: Command): Command {
  return command
    .option(
      '--dataset <reader>',
      'sample (the default without --path), agiqa-3k, aigciqa2023, aigiqa-20k or csv',
    )
    .option('--path <dir>', "the dataset's folder")
    .option('--csv <file>', 'its table, where that is not in the folder')
    .option('--columns <map>', 'our names for its columns: name=file,image_prompt=caption,mos_quality=score')
    .option('--scale <min:max>', 'range of its MOS (default 0:5; aigciqa2023 0:100)');
}

/** The dataset that the flags describe; `--dataset sample`, or none, is the one in the repository. @throws UsageError */
export function parseDatasetOrSample(
  flags: DatasetFlags,
  env: Readonly<Record<string, string | undefined>>,
): RunPlan['dataset'] {
  const { dataset: named, ...rest } = flags;
  if (named === 'sample' && flags.path !== undefined)
    throw new UsageError('--dataset sample is in the repository: leave out --path.');
  return parseDataset(named === 'sample' ? rest : flags, env);
}
