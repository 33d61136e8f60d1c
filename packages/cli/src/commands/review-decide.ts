import {
  decideReview,
  NothingToUndoError,
  type ReviewResult,
  reviewRowId,
  standingText,
} from '@retort/pipeline';
import type { ReviewDecision } from '@retort/schema';
import type { ReviewableRow } from '@retort/store';
import { EXIT } from '../exit-codes.ts';
import {
  type DecisionFlags,
  findReviewRows,
  parseAspect,
  reviewerName,
  withReviewRun,
} from '../review-options.ts';
import { editText } from '../terminal/edit-text.ts';
import { readText } from '../terminal/read-text.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { UsageError } from '../usage-error.ts';

export interface EditFlags extends DecisionFlags {
  readonly text?: string;
}

interface Decided {
  readonly row: ReviewableRow;
  readonly result: ReviewResult;
}

/** `distill review accept|reject|undo ROW…`. */
export function reviewDecideCommand(
  decision: Exclude<ReviewDecision, 'edited'> | 'undone',
  references: readonly string[],
  flags: DecisionFlags,
  terminal: Terminal,
): Promise<number> {
  const aspect = parseAspect(flags);
  return withReviewRun(flags, terminal, async (deps, run) => {
    const rows = findReviewRows(deps, run, references, aspect);
    if (decision === 'undone') refuseEmptyUndo(rows);
    const request = { decision, note: noteOf(flags), reviewer: await reviewerName(flags, terminal) };
    const decided = rows.map((row) => ({ row, result: decideReview(deps, row, request) }));
    tell(decided, flags, terminal);
    return EXIT.ok;
  });
}

/** `distill review edit ROW`: the text of `--text`, else what an editor leaves. */
export function reviewEditCommand(reference: string, flags: EditFlags, terminal: Terminal): Promise<number> {
  const aspect = parseAspect(flags);
  return withReviewRun(flags, terminal, async (deps, run) => {
    const reviewer = await reviewerName(flags, terminal);
    const decided: Decided[] = [];
    for (const row of findReviewRows(deps, run, [reference], aspect)) {
      const text = await textFor(row, flags, terminal);
      if (text.trim() === standingText(row).trim()) {
        throw new UsageError(`The text is the one that ${reviewRowId(row)} has: nothing was noted.`);
      }
      const request = { decision: 'edited', text, note: noteOf(flags), reviewer } as const;
      decided.push({ row, result: decideReview(deps, row, request) });
    }
    tell(decided, flags, terminal);
    return EXIT.ok;
  });
}

/** All or nothing: found before the first is taken back. */
function refuseEmptyUndo(rows: readonly ReviewableRow[]): void {
  const empty = rows.find(({ standing }) => standing === null);
  if (empty !== undefined) throw new NothingToUndoError(reviewRowId(empty));
}

function textFor(row: ReviewableRow, flags: EditFlags, terminal: Terminal): Promise<string> {
  if (flags.text !== undefined) return readText('--text', flags.text, terminal.env);
  if (!terminal.screen.isTerminal) {
    throw new UsageError(
      'Give the new description with --text FILE (- is stdin): there is no terminal to edit it on.',
    );
  }
  return editText(standingText(row), terminal.env);
}

function noteOf({ note }: DecisionFlags): string | null {
  return note === undefined || note.trim() === '' ? null : note.trim();
}

function tell(decided: readonly Decided[], flags: DecisionFlags, terminal: Terminal): void {
  if (flags.json === true) terminal.print(JSON.stringify(decided.map(toJson)));
  else terminal.print(decided.map(describe).join('\n'));
  for (const { row, result } of decided) {
    const { cleaned = [], controlTokens = [] } = result.checked ?? {};
    if (cleaned.length > 0) terminal.say(`${reviewRowId(row)}: taken off the text: ${cleaned.join(', ')}.`);
    if (controlTokens.length > 0) {
      terminal.say(
        `${reviewRowId(row)}: ${controlTokens.join(', ')} is a control token; corpora hold it with a space after its <.`,
      );
    }
  }
  if (decided.some(({ result }) => result.changed))
    terminal.say('The next "pnpm distill" builds its corpus from it.');
}

function toJson({ row, result: { changed, standing } }: Decided) {
  return {
    row: reviewRowId(row),
    changed,
    decision: standing?.decision ?? 'undecided',
    text: standing?.text ?? null,
  };
}

function describe({ row, result: { changed, standing } }: Decided): string {
  const state = standing?.decision ?? 'undecided';
  return `${reviewRowId(row)}: ${state}${changed ? '' : ', as it was'}`;
}
