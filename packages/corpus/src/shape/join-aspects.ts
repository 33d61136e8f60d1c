import type { Aspect, CorpusRow, ReviewMark } from '@retort/schema';
import { IMAGE_LINE, isWordOnly } from '../conversation-shape.ts';
import { type LeftOutRow, leftOut } from './left-out.ts';

/** The row of the same sample and corpus about another aspect; null where there is none. */
export type FindPartner = (row: CorpusRow, aspect: Aspect) => CorpusRow | null;

/** How an aspect is called above its description. */
const ASPECT_NAMES: Readonly<Record<Aspect, string>> = {
  quality: 'Quality',
  correspondence: 'Correspondence',
  authenticity: 'Authenticity',
};

/**
 * One conversation about several aspects, as the paper's main rows are: turn 0 asks for all of them, turn 1 has each
 * description under its aspect's name; word question and word stay the row's own. A row of question and word only stays as
 * it is, and a description that saw a label never comes into val or test through a partner.
 *
 * @param aspects in the order in which they are asked about
 */
export function joinAspects(
  row: CorpusRow,
  aspects: readonly Aspect[],
  findPartner: FindPartner,
): CorpusRow | LeftOutRow {
  if (!aspects.includes(row.aspect)) return leftOut(row, `is about ${row.aspect}, which isn’t joined`);
  if (isWordOnly(row.turns)) return row;
  const parts: CorpusRow[] = [];
  for (const aspect of aspects) {
    const part = aspect === row.aspect ? row : findPartner(row, aspect);
    if (part === null) return leftOut(row, `its sample has no ${aspect} row to join`);
    if (isWordOnly(part.turns) || (row.split !== 'train' && part.sawLabel))
      return leftOut(
        row,
        `its sample’s ${aspect} description saw the label, and ${row.split} may not show it`,
      );
    parts.push(part);
  }
  const questions = parts.map(({ turns }) => turns[0]?.text.slice(IMAGE_LINE.length) ?? '');
  const descriptions = parts.map(({ aspect, turns }) => `${ASPECT_NAMES[aspect]}:\n${turns[1]?.text ?? ''}`);
  const { review: _own, ...unmarked } = row;
  const review = joinedReview(parts);
  return {
    ...unmarked,
    ...(review === null ? {} : { review }),
    sawLabel: parts.some(({ sawLabel }) => sawLabel),
    turns: [
      { role: 'user', text: IMAGE_LINE + questions.join('\n') },
      { role: 'assistant', text: descriptions.join('\n\n') },
      ...row.turns.slice(2),
    ],
  };
}

/** A person wrote part of it, or let all of it stand. */
function joinedReview(parts: readonly CorpusRow[]): ReviewMark | null {
  if (parts.some(({ review }) => review === 'edited')) return 'edited';
  return parts.every(({ review }) => review === 'accepted') ? 'accepted' : null;
}
