import { descriptionOf } from '../../conversation-shape.ts';
import type { AuditRow } from '../audit-row.ts';
import { quoteAround } from '../quote.ts';
import { createRowCheck } from '../row-check.ts';

/**
 * What is left of the JSON, the markup or the program that a description was cut from. On the 4,770 recorded Gemini
 * answers as they came it finds 495 (328 escapes, 167 JSON tails): every row with a backslash or a brace, 62 read by
 * eye, all of them debris (checked 2026-11-23). The parser of answers removes such debris before a corpus is built.
 */
const DEBRIS = {
  'an escape': /\\(?:["'\\/]|[nrtu](?![a-z]))/u,
  // A closing bracket at the end, after the end of a sentence, that was never opened.
  'a JSON tail': /(?<=^[^{]*["'.!?]\s*)\}[}\]]*\s*$|(?<=^[^[]*["'.!?]\s*)\][}\]]*\s*$/su,
  'a JSON head': /^\s*[{[]\s*["']?\w+["']?\s*:/u,
  'a JSON key': /["'](?:answer|description|response|result|text|output)["']\s*:/iu,
  'a code fence': /```/u,
  'an HTML entity': /&(?:quot|amp|lt|gt|nbsp|#\d{2,5});/u,
} as const;

/** Descriptions that end in `"}`, contain `\"` and the like. */
export const answerDebris = createRowCheck({
  code: 'answer-debris',
  severity: 'warning',
  summary: 'have debris in their description',
  advice:
    'Parse the stored answers again with the newest parser, or edit these rows: the student learns to write it.',
  find: findDebris,
});

function findDebris(row: AuditRow): string | null {
  const description = descriptionOf(row);
  if (description === null) return null;
  for (const [name, pattern] of Object.entries(DEBRIS)) {
    const match = pattern.exec(description);
    if (match !== null) return `${name} in ${quoteAround(description, match.index, match[0].length)}`;
  }
  return null;
}
