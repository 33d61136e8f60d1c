import type { Command } from 'commander';

/** Options of a command that reads a dataset and needs no run: which one, and how its table is read. */
export function addDatasetOptions(command: Command): Command {
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
