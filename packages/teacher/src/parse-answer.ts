import { type CleanUpName, cleanDescription } from './clean-description.ts';
import { type UnwrapName, unwrapAnswer } from './unwrap-answer.ts';

export type ParsedAnswer =
  | {
      readonly ok: true;
      readonly description: string;
      /** What was taken off, in the order applied; empty when the answer is the description, byte for byte. */
      readonly cleaned: readonly (CleanUpName | UnwrapName)[];
    }
  | { readonly ok: false; readonly reason: string };

/** Names that a prompt's `output` can have, one parser each. */
export const PARSER_NAMES = ['description'] as const;
export type ParserName = (typeof PARSER_NAMES)[number];

const PARSERS: Readonly<Record<ParserName, (answer: string) => ParsedAnswer>> = {
  description: parseDescription,
};

/** Reads a teacher's answer with the parser that its prompt names. Pure: stored answers can be read again offline. */
export function parseAnswer(parserName: ParserName, text: string): ParsedAnswer {
  return PARSERS[parserName](text);
}

/** Three sentences of apology are still a refusal; a longer answer has something else to say. */
const REFUSAL_MAX_SENTENCES = 3;
/** Characters of an answer in which a refusal has declared itself. */
const REFUSAL_OPENING_LENGTH = 300;
const REFUSAL =
  /^(?:(?:i['’]?m|i am) (?:very |so )?sorry\b|sorry\b|i apologi[sz]e\b|unfortunately\b)?[,.;:!]?\s*(?:but\s+)?(?:as an? (?:ai|language model)\b[^,.]*[,.]?\s*)?i(?: am|['’]m)?\s*(?:can(?:not|['’]?t| not)|unable to|not able to|won['’]?t|will not)\s+(?:\w+ly\s+)?(?:assist|help|comply|fulfil+|provide|describe|discuss|process|analy[sz]e|evaluate|rate|view|access|open|respond|answer|(?:see|display) (?:the |any |this |your |an )?(?:images?|pictures?|photos?|attachments?)\s*(?:[.,;]|$|because|that|you|at))/i;

function parseDescription(answer: string): ParsedAnswer {
  const unwrapped = unwrapAnswer(answer);
  if (!unwrapped.ok) return unwrapped;
  const { text, cleaned } = cleanDescription(unwrapped.text);
  if (!/\p{L}/u.test(text)) return { ok: false, reason: 'The answer holds no words.' };
  if (isRefusal(text)) return { ok: false, reason: 'The answer is a refusal and nothing else.' };
  return { ok: true, description: text, cleaned: [...unwrapped.unwrapped, ...cleaned] };
}

function isRefusal(text: string): boolean {
  return (
    REFUSAL.test(text.slice(0, REFUSAL_OPENING_LENGTH)) &&
    text.split(/[.!?]+(?:\s|$)/).filter(Boolean).length <= REFUSAL_MAX_SENTENCES
  );
}
