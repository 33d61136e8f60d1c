import { quoteAround } from './quote.ts';

const FIGURE = String.raw`\d{1,3}(?:[.,]\d+)?`;
const NUMBER_WORD = '(?:zero|one|two|three|four|five|six|seven|eight|nine|ten)';
/** Ways to give a verdict in figures: "3.5 out of 5", "4/5", "four out of five", "a score of 2", "rated 3", "MOS: 2.84". */
const VERDICTS: readonly RegExp[] = [
  new RegExp(String.raw`\b${FIGURE}\s*(?:\/|out of)\s*(?:5|10|100)(?:[.,]0)?\b(?!\s*\/)`, 'iu'),
  new RegExp(
    String.raw`\b${NUMBER_WORD}(?:\s+and\s+a\s+half|\s+point\s+\w+)?\s+out\s+of\s+(?:five|ten|5|10)\b`,
    'iu',
  ),
  new RegExp(
    String.raw`\b(?:scor(?:e|es|ed|ing)|rat(?:e|es|ed|ing)|MOS|mean opinion score)\b\s*(?:(?:it|this|image|of|is|at|as|a|an|about|around|approximately|roughly|:|=)\s*)*${FIGURE}\b(?!\s*(?:[a-z]|×|x\d))`,
    'iu',
  ),
  new RegExp(
    String.raw`\b(?:scor(?:e|ed)|rat(?:ed|ing)|MOS)\s+(?:(?:of|is|at|as|:)\s*)+${NUMBER_WORD}\b`,
    'iu',
  ),
  new RegExp(
    String.raw`\b(?:rated?|rating|deserves|gets|earns|give(?:s|n)?(?: it)?)\s+(?:an?\s+)?(?:${FIGURE}|${NUMBER_WORD})[\s-]*stars?\b`,
    'iu',
  ),
  /\bon a (?:scale|range) (?:of|from)\s+\d+\s*(?:to|-|–)\s*\d+/iu,
];
/** A decimal that isn't a measure, a version or a time: those have a unit, a letter or another figure at them. */
const DECIMAL = /(?<![\w.,:/])\d+[.,]\d+(?![\w:/%×°]|[.,]\d)/gu;

/** The MOS, or another verdict in figures, quoted from a text; null when it has none. @param mos on 0–5; null where unknown */
export function findVerdictNumber(text: string, mos: number | null): string | null {
  for (const pattern of VERDICTS) {
    const verdict = pattern.exec(text);
    if (verdict !== null) return quoteAround(text, verdict.index, verdict[0].length);
  }
  if (mos === null) return null;
  for (const match of text.matchAll(DECIMAL)) {
    if (isRounded(match[0].replace(',', '.'), mos)) return quoteAround(text, match.index, match[0].length);
  }
  return null;
}

/** True for the MOS at any precision: rounded, or cut off. */
function isRounded(figure: string, mos: number): boolean {
  const digits = figure.length - figure.indexOf('.') - 1;
  if (digits > 20) return false;
  return mos.toFixed(digits) === figure || String(mos).slice(0, figure.length) === figure;
}
