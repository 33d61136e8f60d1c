import { RetortError } from '@retort/schema';
import type { RunRow, Store } from '@retort/store';
import { UsageError } from './usage-error.ts';

/** Runs of a home that are looked through; a home has a handful. */
const MAX_RUNS = 10_000;
/** Runs that an error names. */
const NAMED_RUNS = 5;

export class RunNotFoundError extends RetortError {
  readonly code = 'not-found';
  constructor(id: string, known: readonly RunRow[]) {
    super(`There is no run ${id} in this home; there ${describeRuns(known)}.`);
  }
}

/** Every run of a home, the one touched last first. */
export function listRuns({ runs }: Pick<Store, 'runs'>): RunRow[] {
  return runs.list(MAX_RUNS);
}

/** The run with this id, or whose id begins so. @throws RunNotFoundError, UsageError when several do */
export function findRun(store: Pick<Store, 'runs'>, id: string): RunRow {
  const runs = listRuns(store);
  const exact = runs.find((run) => run.id === id);
  if (exact !== undefined) return exact;
  const found = id === '' ? [] : runs.filter((run) => run.id.startsWith(id));
  const [only] = found;
  if (only === undefined) throw new RunNotFoundError(id === '' ? '""' : id, runs);
  if (found.length > 1) throw new UsageError(`"${id}" begins several runs: there ${describeRuns(found)}.`);
  return only;
}

function describeRuns(runs: readonly RunRow[]): string {
  const named = runs.slice(0, NAMED_RUNS).map(({ id, plan }) => `${id} (${plan.teacher}, ${plan.model})`);
  const more = runs.length > NAMED_RUNS ? `, … ${runs.length - NAMED_RUNS} more` : '';
  return `${runs.length === 1 ? 'is' : 'are'} ${named.join(', ')}${more}`;
}
