import { wordLabelOf } from '@retort/schema';
import { IMAGE_TOKEN } from '../../control-tokens.ts';
import { askedAtOnce, descriptionOf, IMAGE_LINE, isWordOnly, wordTurnOf } from '../../conversation-shape.ts';
import type { ReadTurn } from '../../formats/read-row.ts';
import { type AuditRow, mosOf } from '../audit-row.ts';
import { findDebris } from '../debris/find-debris.ts';
import { findRefusalIn } from '../refusal/find-refusal.ts';

/** What became of a row. `codes` are the findings that were repaired, or the one it was left out for. */
export type RepairedRow =
  | { readonly kind: 'same' }
  | { readonly kind: 'repaired'; readonly codes: readonly string[]; readonly turns: readonly ReadTurn[] }
  | { readonly kind: 'dropped'; readonly codes: readonly [string] };

export interface RepairOptions {
  /** Takes debris off a description, as the parser of answers does; null where nothing sound is left. */
  readonly clean: (description: string) => string | null;
  /** False keeps rows without their image: nobody said where the images are. */
  readonly dropMissingImages: boolean;
}

type Repair = (row: AuditRow, options: RepairOptions) => readonly ReadTurn[] | null;

/** The repairs that lose nothing and guess nothing, by the code of the finding they mend, in the order applied. */
const REPAIRS: readonly (readonly [string, Repair])[] = [
  ['image-token-misplaced', moveImageToken],
  ['answer-debris', cleanDescription],
  ['label-mismatch', cutWordAgain],
  ['saw-label-in-evaluation', hideDescription],
];

/**
 * Mends what can be mended without asking anybody: the picture's place, debris that the parser knows, the word by its own
 * MOS, text that saw the label out of val and test; leaves out refusals, empty answers and rows without an image. Pure; a
 * repaired row comes back `same`.
 */
export function repairRow(row: AuditRow, options: RepairOptions): RepairedRow {
  const dropped = dropReason(row, options);
  if (dropped !== null) return { kind: 'dropped', codes: [dropped] };
  const codes: string[] = [];
  let repaired = row;
  for (const [code, repair] of REPAIRS) {
    const turns = repair(repaired, options);
    if (turns === null) continue;
    codes.push(code);
    repaired = { ...repaired, turns };
  }
  return codes.length === 0 ? { kind: 'same' } : { kind: 'repaired', codes, turns: repaired.turns };
}

function dropReason(row: AuditRow, { dropMissingImages }: RepairOptions): string | null {
  if (dropMissingImages && (row.imageProblem !== null || row.imageKey === null)) return 'missing-image';
  const description = descriptionOf(row);
  if (description === null) return null;
  if (description.trim() === '') return 'answer-debris';
  if (findRefusalIn(description) !== null) return 'refusal';
  const isUnratedLeak = isLeak(row) && wordTurnOf(row) === null && row.turns.length === 2;
  return isUnratedLeak ? 'saw-label-in-evaluation' : null;
}

function moveImageToken({ turns, imageCount = 1 }: AuditRow): readonly ReadTurn[] | null {
  const [first, ...rest] = turns;
  const tokens = turns.reduce((sum, { text }) => sum + text.split(IMAGE_TOKEN).length - 1, 0);
  if (first?.role !== 'user' || first.text.startsWith(IMAGE_TOKEN) || tokens !== 1 || imageCount !== 1) {
    return null;
  }
  const without = (turn: ReadTurn): ReadTurn =>
    turn.text.includes(IMAGE_TOKEN)
      ? { ...turn, text: turn.text.replace(/[ \t]*\n?<image>\n?/u, '').trim() }
      : turn;
  const question = without(first);
  return [{ ...question, text: IMAGE_LINE + question.text }, ...rest.map(without)];
}

function cleanDescription(row: AuditRow, { clean }: RepairOptions): readonly ReadTurn[] | null {
  const description = descriptionOf(row);
  if (description === null || findDebris(row, description) === null) return null;
  const cleaned = clean(description);
  if (cleaned === null || cleaned === description || findDebris(row, cleaned) !== null) return null;
  return row.turns.map((turn, index) => (index === 1 ? { ...turn, text: cleaned } : turn));
}

function cutWordAgain(row: AuditRow): readonly ReadTurn[] | null {
  const [spoken, mos] = [wordTurnOf(row), mosOf(row)];
  if (spoken === null || mos === null || spoken === wordLabelOf(mos)) return null;
  const last = row.turns.length - 1;
  return row.turns.map((turn, index) => (index === last ? { ...turn, text: wordLabelOf(mos) } : turn));
}

function hideDescription(row: AuditRow): readonly ReadTurn[] | null {
  const [question, , wordQuestion, word] = row.turns;
  if (!isLeak(row) || row.turns.length !== 4 || wordTurnOf(row) === null) return null;
  if (question === undefined || wordQuestion === undefined || word === undefined) return null;
  return [{ ...question, text: askedAtOnce(question, wordQuestion) }, word];
}

function isLeak({ split, sawLabel, turns }: AuditRow): boolean {
  return split !== null && split !== 'train' && sawLabel === true && !isWordOnly(turns);
}
