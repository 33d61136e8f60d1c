import { type CleanUpName, cleanDescription } from './clean-description.ts';
import { type UnwrapName, unwrapAnswer } from './unwrap-answer.ts';

/** What was taken off an answer. */
export type ParseCleanUp = CleanUpName | UnwrapName;

export type ParsedText =
  | { readonly ok: true; readonly text: string; readonly cleaned: readonly ParseCleanUp[] }
  | { readonly ok: false; readonly reason: string };

/** Three sentences of apology are still a refusal; a longer answer has something else to say. */
const REFUSAL_MAX_SENTENCES = 3;
/** Characters of an answer in which a refusal has declared itself. */
const REFUSAL_OPENING_LENGTH = 300;
const REFUSAL =
  /^(?:(?:i['’]?m|i am) (?:very |so )?sorry\b|sorry\b|i apologi[sz]e\b|unfortunately\b)?[,.;:!]?\s*(?:but\s+)?(?:as an? (?:ai|language model)\b[^,.]*[,.]?\s*)?i(?: am|['’]m)?\s*(?:can(?:not|['’]?t| not)|unable to|not able to|won['’]?t|will not)\s+(?:\w+ly\s+)?(?:assist|help|comply|fulfil+|provide|describe|discuss|process|analy[sz]e|evaluate|rate|view|access|open|respond|answer|(?:see|display) (?:the |any |this |your |an )?(?:images?|pictures?|photos?|attachments?)\s*(?:[.,;]|$|because|that|you|at))/i;

/** The shortest of 4,770 recorded descriptions has 19 words; a word or two is a verdict (`OK`, `Excellent.`), no description. */
const MIN_WORDS = 3;
/** Scripts without spaces make one word of a sentence: so many letters are enough. */
const MIN_LETTERS = 20;
/** Words below which an answer with a score in it has nothing else to say. None of the recorded ones names a score at all. */
const SCORE_MAX_WORDS = 12;
const SCORE = /\d\s*(?:\/|out of)\s*\d|\b(?:score|rating|rated)\b\D{0,12}\d/i;

/** Prose out of an answer that is about one aspect. */
export function parseDescription(answer: string): ParsedText {
  const unwrapped = unwrapAnswer(answer);
  if (!unwrapped.ok) return unwrapped;
  const parsed = parseProse(unwrapped.text);
  return parsed.ok ? { ...parsed, cleaned: [...unwrapped.unwrapped, ...parsed.cleaned] } : parsed;
}

/** Cleans a text, and looks whether it describes anything. */
export function parseProse(raw: string): ParsedText {
  const { text, cleaned } = cleanDescription(raw);
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  if (letters === 0) return { ok: false, reason: 'The answer holds no words.' };
  if (isRefusal(text)) return { ok: false, reason: 'The answer is a refusal and nothing else.' };
  const words = text.match(/\p{L}+/gu)?.length ?? 0;
  if (words < MIN_WORDS && letters < MIN_LETTERS) {
    return { ok: false, reason: `The answer is too short to describe anything: ${JSON.stringify(text)}.` };
  }
  if (words < SCORE_MAX_WORDS && SCORE.test(text)) {
    return { ok: false, reason: 'The answer is a score and no description.' };
  }
  return { ok: true, text, cleaned };
}

function isRefusal(text: string): boolean {
  return (
    REFUSAL.test(text.slice(0, REFUSAL_OPENING_LENGTH)) &&
    text.split(/[.!?]+(?:\s|$)/).filter(Boolean).length <= REFUSAL_MAX_SENTENCES
  );
}
