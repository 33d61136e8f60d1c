/** A description without the debris that came with it. */
export interface CleanedText {
  readonly text: string;
  /** Names of the clean-ups that changed something, in the order applied; empty when the text is untouched. */
  readonly cleaned: readonly CleanUpName[];
}

/** Every clean-up, in the order applied. What each removes was seen in recorded answers of Gemini 1.5 Pro. */
const CLEAN_UPS = {
  /** NUL and other control characters but tab and line feed, and halves of surrogate pairs: no text, no UTF-8. */
  'control-characters': (text: string): string =>
    text
      .replace(/\r\n?/g, '\n')
      .replace(/(?![\t\n])\p{Cc}/gu, '')
      .toWellFormed(),
  /** `… the prompt." }`: the end of the JSON that the text was cut from. */
  'json-tail': stripJsonTail,
  /** `\"word\"` and `\n`: escapes of a JSON string that was cut out, not parsed. */
  'json-escapes': (text: string): string =>
    text
      .replace(/(?<!\\)\\+"/g, '"')
      .replace(/(?<!\\)\\+n/g, '\n')
      .replace(/(?<!\\)\\+u([0-9a-fA-F]{4})/g, (_escape, hex: string) =>
        String.fromCharCode(Number.parseInt(hex, 16)),
      )
      .toWellFormed(),
  /** White space before and after. */
  'surrounding-space': (text: string): string => text.trim(),
} as const satisfies Record<string, (text: string) => string>;

export type CleanUpName = keyof typeof CLEAN_UPS;

/** Removes debris from prose and nothing else: inner spaces, markdown, quotes and wording stay as they are. */
export function cleanDescription(raw: string): CleanedText {
  let text = raw;
  const cleaned: CleanUpName[] = [];
  for (const [name, cleanUp] of Object.entries(CLEAN_UPS)) {
    const next = cleanUp(text);
    // Object.entries widens the keys of a constant object to string; they are its names.
    if (next !== text) cleaned.push(name as CleanUpName);
    text = next;
  }
  return { text, cleaned };
}

/** Characters at the end in which debris is looked for: far more than any that was seen (6). */
const TAIL_LENGTH = 64;

/**
 * Cuts closing JSON syntax that nothing in the text opened. The quote before it goes too, unless it closes a quotation
 * of the prose: `the "moon sea." }` keeps its quote, `the moon." }` doesn't.
 */
function stripJsonTail(text: string): string {
  const tailStart = Math.max(0, text.length - TAIL_LENGTH);
  const match = /(?<!\\)(?<quote>"?)\s*(?<syntax>[}\]][}\],"\s]*|,)\s*$/.exec(text.slice(tailStart));
  const { quote = '', syntax = '' } = match?.groups ?? {};
  if (match === null || (syntax.startsWith(',') && quote === '')) return text;
  const before = text.slice(0, tailStart + match.index);
  const opensQuotation = (before.split('"').length - 1) % 2 === 1;
  if (syntax.startsWith(',')) return opensQuotation ? text : before;
  if (isBalanced(text)) return text;
  return opensQuotation ? before + quote : before;
}

function isBalanced(text: string): boolean {
  const count = (character: string): number => text.split(character).length - 1;
  return count('}') <= count('{') && count(']') <= count('[');
}
