import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findReviewRow, type PipelineDeps } from '@retort/pipeline';
import { ASPECTS, type Aspect } from '@retort/schema';
import type { ReviewableRow, RunRow } from '@retort/store';
import { withLatestRun } from './commands/open-home.ts';
import { findRun } from './find-run.ts';
import { choice } from './flag-values.ts';
import { userPath } from './repository.ts';
import type { Terminal } from './terminal/terminal.ts';

/** What every `distill review …` takes. */
export interface ReviewFlags {
  readonly home?: string;
  readonly json?: boolean;
  readonly run?: string;
  readonly aspect?: string;
}

/** What those take that note a decision. */
export interface DecisionFlags extends ReviewFlags {
  readonly note?: string;
  readonly by?: string;
}

/** How long `git config` may take, in ms. */
const GIT_TIMEOUT_MS = 5_000;

/** Opens a home beside a running distill, with the run that `--run` names, else the latest. */
export function withReviewRun<T>(
  flags: ReviewFlags,
  terminal: Terminal,
  work: (deps: PipelineDeps, run: RunRow) => Promise<T>,
): Promise<T> {
  return withLatestRun(flags, terminal, (deps, latest) =>
    work(deps, flags.run === undefined ? latest : findRun(deps.store, flags.run)),
  );
}

/** `--aspect`; null without it. @throws UsageError */
export function parseAspect({ aspect }: ReviewFlags): Aspect | null {
  return aspect === undefined ? null : choice('--aspect', aspect, ASPECTS);
}

/** The rows that references name, each once; nothing is decided where one of them can't be found. */
export function findReviewRows(
  { store }: PipelineDeps,
  run: RunRow,
  references: readonly string[],
  aspect: Aspect | null,
): ReviewableRow[] {
  const rows = references.map((reference) => findReviewRow(store, run.id, { reference, aspect }));
  return [...new Map(rows.map((row) => [`${row.sampleId} ${row.aspect}`, row])).values()];
}

/** Who decides: `--by`, else git's user, else the account's name; null where nobody says. */
export async function reviewerName({ by }: DecisionFlags, { env }: Terminal): Promise<string | null> {
  if (by !== undefined) return by.trim() === '' ? null : by.trim();
  return (await gitUser(env)) ?? (env.USER === undefined || env.USER === '' ? null : env.USER);
}

async function gitUser(env: Terminal['env']): Promise<string | null> {
  try {
    const options = { cwd: userPath('.', env), timeout: GIT_TIMEOUT_MS };
    const { stdout } = await promisify(execFile)('git', ['config', 'user.name'], options);
    return stdout.trim() === '' ? null : stdout.trim();
  } catch {
    return null; // no git, or it knows no name: the account's stands in
  }
}
