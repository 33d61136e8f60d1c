import type { Outcome } from '@retort/schema';
import type { NewReading } from '@retort/store';
import { loadPrompts } from '@retort/teacher';
import type { PipelineDeps } from './pipeline-deps.ts';
import { type ReadingExample, rereadAttempt } from './reread-attempt.ts';

/** Attempts a transaction: short enough for other writers, and little memory whatever their number. */
const ATTEMPTS_PER_PAGE = 500;
/** Examples kept of each change. */
const EXAMPLES = 3;

export interface ReparseOptions {
  /** Null: every answer of the home. */
  readonly runId: string | null;
  /** Also take out answers that today's parser refuses; else they are told and stay. */
  readonly strict: boolean;
  /** Look and tell, write nothing. */
  readonly dryRun: boolean;
  readonly onProgress: (done: number, total: number) => void;
}

/** Attempts that changed in the same way. */
export interface ReadingChange {
  /** Equal where the description is another one and the outcome is not. */
  readonly from: Outcome;
  readonly to: Outcome;
  readonly count: number;
  /** True for refused answers that were left as they were. */
  readonly kept: boolean;
  readonly examples: readonly ReadingExample[];
}

export interface ReparseReport {
  /** Attempts with a stored body; those without one have nothing to read. */
  readonly read: number;
  readonly withoutBody: number;
  readonly same: number;
  /** Bodies that don't tell: a broken connection, an outcome that came from elsewhere. */
  readonly undecided: number;
  readonly unreadable: readonly { readonly reason: string; readonly count: number }[];
  readonly changes: readonly ReadingChange[];
  /** Attempts written, or with `dryRun` to be written. */
  readonly changed: number;
  /** Requests that went to these states; of a dry run 0, since nothing went anywhere. */
  readonly requests: { readonly answered: number; readonly pending: number };
}

/**
 * Reads all stored bodies again with today's classification and parser, a page at a time. Asks nobody, spends nothing, and
 * done twice it finds nothing more.
 */
export async function reparseAnswers(deps: PipelineDeps, options: ReparseOptions): Promise<ReparseReport> {
  const { runId, dryRun, onProgress } = options;
  const { store } = deps;
  const prompts = await loadPrompts(deps.promptsDir);
  const { withBody, withoutBody } = store.readings.count(runId);
  const tally = createTally(options.strict);
  const requests = { answered: 0, pending: 0 };
  let afterId = 0;
  for (;;) {
    const page = store.readings.page(runId, afterId, ATTEMPTS_PER_PAGE);
    const last = page.at(-1);
    if (last === undefined) break;
    afterId = last.attemptId;
    const readings = page.flatMap(
      (stored) => tally.add(rereadAttempt(stored, store.readings.body(stored.attemptId), prompts)) ?? [],
    );
    if (!dryRun && readings.length > 0) {
      const changes = store.transaction(() => store.readings.save(readings));
      requests.answered += changes.answered;
      requests.pending += changes.pending;
    }
    onProgress(tally.read(), withBody);
  }
  return { ...tally.report(), withoutBody, requests };
}

/** Counts readings, and says which of them are to be stored. */
function createTally(strict: boolean) {
  const counts = { read: 0, same: 0, undecided: 0, changed: 0 };
  const unreadable = new Map<string, number>();
  const changes = new Map<
    string,
    Omit<ReadingChange, 'count' | 'examples'> & { count: number; examples: ReadingExample[] }
  >();
  return {
    read: () => counts.read,
    add(rereading: ReturnType<typeof rereadAttempt>): NewReading | null {
      counts.read += 1;
      if (rereading.kind === 'unreadable') {
        unreadable.set(rereading.reason, (unreadable.get(rereading.reason) ?? 0) + 1);
        return null;
      }
      if (rereading.kind !== 'changed') {
        counts[rereading.kind] += 1;
        return null;
      }
      const { from, to, refused, reading, example } = rereading;
      const kept = refused && !strict;
      const name = `${from} ${to}`;
      const change = changes.get(name) ?? { from, to, kept, count: 0, examples: [] };
      changes.set(name, change);
      change.count += 1;
      if (change.examples.length < EXAMPLES) change.examples.push(example);
      if (kept) return null;
      counts.changed += 1;
      return reading;
    },
    report: () => ({
      ...counts,
      unreadable: [...unreadable].map(([reason, count]) => ({ reason, count })),
      changes: [...changes.values()].sort((a, b) => b.count - a.count),
    }),
  };
}
