import { type DatasetRows, readDatasetRows } from '@retort/pipeline';
import { type DatasetFlags, parseDataset } from '../distill-options.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { UsageError } from '../usage-error.ts';

export interface NamedDataset extends DatasetRows {
  /** Name of its reader. */
  readonly reader: string;
}

/** Rows that couldn't be read, named on a terminal. */
const NAMED_ROWS = 3;

/** The dataset that flags name, the sample without `--path`; what it sets aside is said. @throws UsageError */
export async function readNamedDataset(
  { dataset: named, ...rest }: DatasetFlags,
  { env, say }: Terminal,
): Promise<NamedDataset> {
  if (named === 'sample' && rest.path !== undefined)
    throw new UsageError('--dataset sample is in the repository: leave out --path.');
  const isNamed = named !== undefined && named !== 'sample';
  const plan = parseDataset(isNamed ? { dataset: named, ...rest } : rest, env);
  const dataset = await readDatasetRows(plan);
  for (const line of dataset.rejected.slice(0, NAMED_ROWS)) say(line);
  if (dataset.rejected.length > NAMED_ROWS)
    say(`${dataset.rejected.length} rows of the dataset can't be used and are left out.`);
  return { ...dataset, reader: plan.reader };
}
