import { quoteAround } from '../quote.ts';

const ABILITY =
  '(?:see|view|display|identify|generate|fulfil+|give|offer|respond|answer|engage|discuss|continue|create|determine|access|open|assess|evaluate|analy[sz]e|describe|rate|judge|process|help|assist|provide|comply|fulfil+|comment)';

/**
 * The teacher speaking of itself instead of the image. Only first-person and service phrases: "it is impossible to
 * discern" is an assessment. None of the 4,770 recorded Gemini answers has one (checked 2026-11-23).
 */
const REFUSALS: readonly RegExp[] = [
  new RegExp(
    String.raw`\bI\s*(?:can(?:['’]t|not|\s+not)|am\s+(?:unable|not\s+able)\s+to|['’]m\s+(?:unable|not\s+able)\s+to|won['’]t|will\s+not)\s+(?:\w+\s+){0,2}?${ABILITY}\b`,
    'iu',
  ),
  /\bas an? (?:AI|(?:large )?language model|virtual assistant|text-based)\b/iu,
  /\bI(?:['’]m| am) (?:just |only )?an? (?:AI|(?:large )?language model|text-based)\b/iu,
  /\bI (?:do(?:n['’]t| not) have|lack) (?:the |an? |any )?(?:ability|capability|access|way) (?:to|of)\b/iu,
  /^\s*(?:sorry|unfortunately)\b[^.]{0,30}\b(?:can(?:['’]t|not)|unable|not able)\b|^\s*(?:unable|not able) to (?:process|view|see|access|open|analy[sz]e|assess|describe)\b/iu,
  /\b(?:against|violates?) (?:my|our|the) (?:\w+ )?(?:guidelines|polic(?:y|ies)|terms)\b|\brequest (?:was|has been) (?:blocked|declined|refused)\b/iu,
  /\bI(?:['’]m| am)\s+(?:(?:very|truly|really)\s+)?sorry\b|\bI apologi[sz]e\b/iu,
  /\bmy (?:safety |content )?(?:guidelines|policies|policy|programming)\b/iu,
  /\b(?:no image (?:was|is|has been)|image (?:was|is|has) not(?: been)?) (?:provided|attached|uploaded|included|visible)\b/iu,
  /\bplease (?:provide|upload|attach|share|send)\b[^.]{0,40}\bimage\b/iu,
];

/** The words of a text that refuse to describe, in their context; null when there are none. */
export function findRefusalIn(description: string): string | null {
  for (const pattern of REFUSALS) {
    const match = pattern.exec(description);
    if (match !== null) return quoteAround(description, match.index, match[0].length);
  }
  return null;
}
