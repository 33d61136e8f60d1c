import { WORD_LABELS, type WordLabel } from '@retort/schema';
import { wordsOf } from './tokenize.ts';

const LABELS: ReadonlySet<string> = new Set(WORD_LABELS);

/** The one word label that a text holds, once; null when it holds none or several. */
export function statedLabel(text: string): WordLabel | null {
  const found = wordsOf(text).filter((word): word is WordLabel => LABELS.has(word));
  return found.length === 1 ? (found[0] ?? null) : null;
}
