import { quoteAround } from '../quote.ts';

/**
 * What is left of the JSON, the markup or the program that a description was cut from. On the 4,770 recorded Gemini
 * answers as they came it finds 496 (329 JSON tails, 167 escapes), and nothing in the same answers after our parser
 * (checked 2026-11-28; see docs/audit.md for how many were read by eye).
 */
const MARKUP = {
  'an escape': /\\(?:["'\\/]|[nrtu](?![a-z]))/u,
  // A closing bracket at the end, after the end of a sentence, that was never opened; or a quote and a comma.
  'a JSON tail':
    /(?<=^[^{]*["'.!?]\s*)\}[}\]]*\s*$|(?<=^[^[]*["'.!?]\s*)\][}\]]*\s*$|(?<=[.!?])["”]\s*,\s*$/su,
  'a JSON head': /^\s*[{[]\s*["']?\w+["']?\s*:/u,
  'a JSON key': /["'](?:answer|description|response|result|text|output)["']\s*:/iu,
  'a code fence': /```|~~~/u,
  'an HTML entity': /&(?:quot|amp|lt|gt|nbsp|apos|#\d{2,5}|#x[0-9a-f]{2,5});/iu,
  'an HTML tag':
    /<\/?(?:p|br|b|i|u|em|strong|span|div|ul|ol|li|h[1-6]|a|code|pre|table|t[rdh]|html|body|hr|sub|sup|font)\b[^<>]{0,200}>/iu,
  'an HTML comment': /<!--|-->/u,
  // The start of a line that belongs to a chat, not to a description.
  'a speaker': /^\s*(?:#+\s*)?(?:\*\*)?(?:user|assistant|human|system|gpt|chatgpt|gemini)(?:\*\*)?\s*:/imu,
  'words to the asker':
    /^\s*(?:(?:sure|certainly|of course|absolutely|okay|ok)\s*[,!.:]|here(?:['’]s| is| are)\s+(?:(?:my|the|a|an|your)\s+)?(?:\w+\s+){0,3}(?:description|assessment|analysis|evaluation|answer|response)\b)/iu,
  'words after the answer':
    /\b(?:let me know if|feel free to|I hope this helps|is there anything else|do you (?:want|need) me to)\b/iu,
  'a broken character': /\uFFFD|â€[\u0080-\u2122™œ˜]?|Ã[\u0080-\u00BF©¨¤¶¼]/u,
  'a control character': /(?![\t\n\r])\p{Cc}/u,
} as const;

/** A value of a program where a text should be. */
const NO_TEXT = /^\s*(?:null|none|undefined|nan|n\/a|nil|true|false|\{\}|\[\]|\[object Object\])\s*\.?\s*$/iu;

/** Names the first piece of markup in a description and quotes it; null when there is none. */
export function findMarkup(description: string): string | null {
  if (NO_TEXT.test(description)) return `no text but ${quoteAround(description, 0, description.length)}`;
  for (const [name, pattern] of Object.entries(MARKUP)) {
    const match = pattern.exec(description);
    if (match !== null) return `${name} in ${quoteAround(description, match.index, match[0].length)}`;
  }
  return null;
}
