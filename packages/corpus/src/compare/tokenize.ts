/** Words of a text in lower case: runs of letters and digits, with an apostrophe inside. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+(?:['’][\p{L}\p{N}]+)*/gu) ?? [];
}

const SENTENCES = new Intl.Segmenter('en', { granularity: 'sentence' });

/** Sentences of a text, as Unicode's rules for English part them (UAX 29); white space alone is none. */
export function countSentences(text: string): number {
  return [...SENTENCES.segment(text)].filter(({ segment }) => segment.trim() !== '').length;
}
