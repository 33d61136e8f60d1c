import { reviewStateOf, runSplits, standingText } from '@retort/pipeline';
import type { ReviewableRow, ReviewEntry } from '@retort/store';
import { EXIT } from '../exit-codes.ts';
import { type ReviewFacts, reviewFacts } from '../review-facts.ts';
import { findReviewRows, parseAspect, type ReviewFlags, withReviewRun } from '../review-options.ts';
import { printable } from '../terminal/printable.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { wordDiff } from '../word-diff.ts';

/** `distill review show ROW`: the teacher's description, every version since, every decision. */
export function reviewShowCommand(
  reference: string,
  flags: ReviewFlags,
  terminal: Terminal,
): Promise<number> {
  const aspect = parseAspect(flags);
  return withReviewRun(flags, terminal, async (deps, run) => {
    const splits = runSplits(deps, run);
    const shown = findReviewRows(deps, run, [reference], aspect).map((row) => ({
      row,
      facts: reviewFacts(row, splits.get(row.sampleName) ?? null),
      history: deps.store.reviews.ofRow(row),
    }));
    for (const { row, facts, history } of shown) {
      terminal.print(
        flags.json === true
          ? JSON.stringify({ ...facts, ...sourceOf(row), history: history.map(toJson) })
          : describe(row, facts, history, terminal),
      );
    }
    return EXIT.ok;
  });
}

function sourceOf({ imagePrompt, model, promptId }: ReviewableRow) {
  return { image_prompt: imagePrompt, model, prompt: promptId };
}

function toJson({ id, decision, original, text, note, reviewer, decidedAt, undoes }: ReviewEntry) {
  return { id, decision, original, text, note, by: reviewer, decided_at: decidedAt, undoes };
}

function describe(
  row: ReviewableRow,
  facts: ReviewFacts,
  history: readonly ReviewEntry[],
  { color }: Terminal,
): string {
  const saw = row.sawLabel ? ', written with the MOS in sight' : '';
  const state = reviewStateOf(row);
  const hasText = facts.text !== null;
  return [
    `${facts.row}  ${facts.split ?? 'no split'}`,
    `  image prompt: ${printable(row.imagePrompt ?? 'none')}`,
    `  description by ${row.model} (${row.promptId}${saw}):`,
    ...indented(printable(row.description)),
    ...history.flatMap((entry, index) => describeEntry(entry, history.slice(0, index), color)),
    ...(facts.outdated ? describeOutdated(row, color) : []),
    ...(hasText
      ? [`  stands: ${state}, with this description:`, ...indented(printable(standingText(row)))]
      : [`  stands: ${state}`]),
  ].join('\n');
}

function describeEntry(entry: ReviewEntry, earlier: readonly ReviewEntry[], color: boolean): string[] {
  const { id, decision, reviewer, note, decidedAt, undoes, text, original } = entry;
  const what = undoes === null ? decision : `took back ${undoes}`;
  const who = reviewer === null ? '' : ` by ${printable(reviewer)}`;
  const head = `  ${id}  ${decidedAt}  ${what}${who}${note === null ? '' : `: ${printable(note)}`}`;
  if (decision !== 'edited' || text === null) return [head];
  const before = standingBefore(earlier)?.text ?? original;
  return [head, ...indented(wordDiff(printable(before), printable(text), { color }))];
}

/** The entry that stood when the next one was noted. */
function standingBefore(entries: readonly ReviewEntry[]): ReviewEntry | null {
  const undone = new Set(entries.map(({ undoes }) => undoes));
  return entries.findLast(({ id, decision }) => decision !== 'undone' && !undone.has(id)) ?? null;
}

function describeOutdated({ standing, description }: ReviewableRow, color: boolean): string[] {
  if (standing === null) return [];
  const counts =
    standing.decision === 'accepted' && standing.text === null
      ? 'the acceptance no longer counts'
      : 'the decision still counts';
  return [
    `  outdated: the answer is read differently since (${counts}):`,
    ...indented(wordDiff(printable(standing.original), printable(description), { color })),
  ];
}

function indented(text: string): string[] {
  return text.split('\n').map((line) => `    ${line}`);
}
