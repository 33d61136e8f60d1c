import { type DatasetRows, readDatasetRows } from '@retort/pipeline';
import type { RunPlan } from '@retort/schema';
import { type DatasetFlags, parseDataset } from '../distill-options.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { UsageError } from '../usage-error.ts';

export interface NamedDataset extends DatasetRows {
  /** Name of its reader. */
  readonly reader: string;
}

/** Rows that couldn't be read, named on a terminal. */
const NAMED_ROWS = 3;

/** The dataset that flags describe; `--dataset sample`, or none, is the one in the repository. @throws UsageError */
export function parseDatasetOrSample(
  { dataset: named, ...rest }: DatasetFlags,
  env: Terminal['env'],
): RunPlan['dataset'] {
  if (named === 'sample' && rest.path !== undefined)
    throw new UsageError('--dataset sample is in the repository: leave out --path.');
  const isNamed = named !== undefined && named !== 'sample';
  return parseDataset(isNamed ? { dataset: named, ...rest } : rest, env);
}

/** Tells people of the rows of a dataset that can't be used. */
export function sayRejected({ rejected }: DatasetRows, { say }: Terminal): void {
  for (const line of rejected.slice(0, NAMED_ROWS)) say(line);
  if (rejected.length > NAMED_ROWS)
    say(`${rejected.length} rows of the dataset can't be used and are left out.`);
}

/** The dataset that flags name; what it sets aside is said. @throws UsageError */
export async function readNamedDataset(flags: DatasetFlags, terminal: Terminal): Promise<NamedDataset> {
  const plan = parseDatasetOrSample(flags, terminal.env);
  const dataset = await readDatasetRows(plan);
  sayRejected(dataset, terminal);
  return { ...dataset, reader: plan.reader };
}
