import { listReviews, type ReviewState } from '@retort/pipeline';
import { REVIEW_DECISIONS, SPLITS } from '@retort/schema';
import { EXIT } from '../exit-codes.ts';
import { choice } from '../flag-values.ts';
import { type ReviewFacts, reviewFacts } from '../review-facts.ts';
import { parseAspect, type ReviewFlags, withReviewRun } from '../review-options.ts';
import { tableLines } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { UsageError } from '../usage-error.ts';

export interface ReviewListFlags extends ReviewFlags {
  readonly split?: string;
  readonly undecided?: boolean;
  readonly accepted?: boolean;
  readonly rejected?: boolean;
  readonly edited?: boolean;
  readonly outdated?: boolean;
}

const STATES = ['undecided', ...REVIEW_DECISIONS] as const;
/** Characters of a note in the table; the JSON has all of it. */
const NOTE_LENGTH = 60;

/** `distill review list`: a run's conversations and what was decided about them. */
export function reviewListCommand(flags: ReviewListFlags, terminal: Terminal): Promise<number> {
  const filter = {
    aspect: parseAspect(flags),
    split: flags.split === undefined ? null : choice('--split', flags.split, SPLITS),
    state: parseState(flags),
    outdated: flags.outdated === true,
  };
  return withReviewRun(flags, terminal, async (deps, run) => {
    const rows = Array.from(listReviews(deps, run, filter), ({ row, split }) => reviewFacts(row, split));
    if (flags.json === true) terminal.print(JSON.stringify(rows));
    else terminal.print(rows.length === 0 ? 'No row is like that.' : describe(rows, terminal));
    terminal.say(summary(rows, run.id));
    return EXIT.ok;
  });
}

function parseState(flags: ReviewListFlags): ReviewState | null {
  const named = STATES.filter((state) => flags[state] === true);
  if (named.length > 1) {
    throw new UsageError(`A row is ${STATES.join(' or ')}: give one of ${toFlags(named)}, not several.`);
  }
  return named[0] ?? null;
}

function toFlags(states: readonly string[]): string {
  return states.map((state) => `--${state}`).join(', ');
}

function describe(rows: readonly ReviewFacts[], { color }: Terminal): string {
  const columns = [
    { title: 'decision' },
    { title: 'split' },
    { title: 'row' },
    { title: 'by' },
    { title: 'note' },
  ];
  const cells = rows.map(({ decision, outdated, split, row, by, note }) => [
    outdated ? `${decision} (outdated)` : decision,
    split ?? '-',
    row,
    by ?? '',
    shorten(note ?? ''),
  ]);
  return tableLines(columns, cells, { color }).join('\n');
}

function shorten(note: string): string {
  return note.length <= NOTE_LENGTH
    ? note
    : `${note
        .slice(0, NOTE_LENGTH - 1)
        .trimEnd()
        .toWellFormed()}…`;
}

function summary(rows: readonly ReviewFacts[], runId: string): string {
  const counts = STATES.map(
    (state) => [state, rows.filter(({ decision }) => decision === state).length] as const,
  );
  const parts = counts.filter(([, count]) => count > 0).map(([state, count]) => `${count} ${state}`);
  const outdated = rows.filter((row) => row.outdated).length;
  const note = outdated === 0 ? '' : `; ${outdated} outdated: the answer is read differently since`;
  return `Run ${runId}: ${[`${rows.length} rows`, ...parts].join(', ')}${note}.`;
}
