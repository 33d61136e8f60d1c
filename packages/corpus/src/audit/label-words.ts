import { WORD_LABELS, type WordLabel } from '@retort/schema';
import type { AuditRow } from './audit-row.ts';
import { quoteAround } from './quote.ts';

const WORDS = WORD_LABELS.join('|');
/** "I rate it as good", "label: poor", "the verdict is bad": the word as the label that will be asked for. */
const STATED = new RegExp(
  String.raw`\b(?:rat(?:e|es|ed|ing)|label(?:s|l?ed)?|classif(?:y|ies|ied)|grad(?:e|es|ed)|verdict|scor(?:e|es|ed)|judg(?:e|ed|ement)|category|answer|hint|solution|ground truth)\b` +
    String.raw`(?:\s+(?:it|this|the|image|picture|quality|correspondence|authenticity|overall|here|would|be))*` +
    String.raw`[\s:=]*(?:as|is|of|was|to be)?[\s:=]*(?:an?\s+)?["“'*]*(${WORDS})\b`,
  'iu',
);
/** The label of a row where its description gives it as a verdict, quoted; null where it doesn't. */
export function findStatedLabel(description: string, label: WordLabel): string | null {
  const match = STATED.exec(description);
  if (match === null || match[1]?.toLowerCase() !== label) return null;
  return quoteAround(description, match.index, match[0].length);
}

/**
 * The row's label as a verdict in a question, outside the image prompt: the student is told what to say. "How good is it?"
 * gives nothing away.
 */
export function findLabelInQuestion({ turns, imagePrompt }: AuditRow, label: WordLabel): string | null {
  for (const [index, turn] of turns.entries()) {
    // Without the image prompt nobody knows whose word it is in the question that holds it.
    if (turn.role !== 'user' || (index === 0 && imagePrompt === null)) continue;
    const asked = imagePrompt === null ? turn.text : turn.text.replaceAll(imagePrompt, '');
    const stated = findStatedLabel(asked, label);
    if (stated !== null) return `the question of turn ${index} says ${stated}`;
  }
  return null;
}
