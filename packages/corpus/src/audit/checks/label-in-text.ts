import type { Aspect } from '@retort/schema';
import { descriptionOf } from '../../conversation-shape.ts';
import { type AuditRow, mosOf } from '../audit-row.ts';
import type { AuditCheck, CheckFinding, CheckRun } from '../finding.ts';
import { createOwnWordTally, type OwnWordTally } from '../own-word-tally.ts';
import { quoteAround } from '../quote.ts';
import { createRowList, type RowList } from '../row-list.ts';

const CODE = 'label-in-text';

/** A number that stands for a verdict: "3.5 out of 5", "4/5", "a score of 2". */
const VERDICT_NUMBER =
  /\b\d{1,3}(?:\.\d+)?\s*(?:\/|out of)\s*(?:5|10|100)\b(?!\s*\/)|\b(?:scor(?:e|ed|es|ing)|rat(?:ed|ing)|MOS)\s*(?:(?:of|is|at|as|:|=)\s*)*\d+(?:\.\d+)?\b/iu;
const DECIMAL = /\d+\.\d+/gu;
/** "the lower alignment score", "a higher quality rating": the author speaks of a score that was shown. */
const SCORE_MENTION =
  /\b(?:quality|alignment|correspondence|authenticity|opinion|overall|given|assigned|low(?:er)?|high(?:er)?)\s+(?:score|rating)s?\b/iu;
/** Standard deviations above chance from which own words count as a leak and not as plain English. Our choice. */
const NOTABLE_SIGMAS = 2;

/**
 * The label inside the description, before it is asked for: as the MOS or another verdict in figures, as talk about the
 * score, or as the row's own word.
 *
 * On the 4,770 recorded Gemini answers (MOS in sight; checked 2026-11-23): no number, 14 mentions of a score, all of
 * them right; own word in 520 quality answers where chance gives 263, and in 20 correspondence answers where chance
 * gives 13. "Poor quality" is also plain English, so a word is at most a warning, and only clearly above chance.
 */
export const labelInText: AuditCheck = { code: CODE, start: startLabelInText };

function startLabelInText(): CheckRun {
  const numbers = createRowList();
  const mentions = createRowList();
  const words = new Map<Aspect, OwnWordTally>();
  const shown = { number: '', mention: '' };
  let [described, numbersSawLabel] = [0, 0];
  return {
    see({ position, row }) {
      const description = descriptionOf(row);
      if (description === null) return;
      described += 1;
      const number = findNumber(description, row);
      if (number !== null) {
        if (numbers.count === 0) shown.number = `${row.id}: ${number}`;
        numbers.add(position);
        if (row.sawLabel) numbersSawLabel += 1;
      }
      const mention = SCORE_MENTION.exec(description);
      if (mention !== null) {
        if (mentions.count === 0)
          shown.mention = `${row.id}: ${quoteAround(description, mention.index, mention[0].length)}`;
        mentions.add(position);
      }
      if (row.aspect === null) return;
      const tally = words.get(row.aspect) ?? createOwnWordTally();
      tally.add(position, description, row);
      words.set(row.aspect, tally);
    },
    finish: () => [
      ...numberFinding(numbers, described, shown.number, numbersSawLabel > 0),
      ...mentionFinding(mentions, described, shown.mention),
      ...[...words].flatMap(([aspect, tally]) => wordFinding(aspect, tally)),
    ],
  };
}

function findNumber(description: string, row: AuditRow): string | null {
  const verdict = VERDICT_NUMBER.exec(description);
  if (verdict !== null) return quoteAround(description, verdict.index, verdict[0].length);
  const mos = mosOf(row);
  if (mos === null) return null;
  for (const match of description.matchAll(DECIMAL)) {
    const digits = match[0].length - match[0].indexOf('.') - 1;
    if (digits <= 20 && mos.toFixed(digits) === match[0]) {
      return quoteAround(description, match.index, match[0].length);
    }
  }
  return null;
}

function numberFinding(
  found: RowList,
  described: number,
  shown: string,
  sawLabel: boolean,
): readonly CheckFinding[] {
  if (found.count === 0) return [];
  return [
    {
      code: CODE,
      severity: sawLabel ? 'error' : 'warning',
      ...found.listed(),
      evidence: `${found.count} of ${described} descriptions give the MOS or a verdict in figures; first ${shown}.`,
      advice:
        'Take the figures out of these descriptions or ask again: whoever reads the text reads the label.',
    },
  ];
}

function mentionFinding(found: RowList, described: number, shown: string): readonly CheckFinding[] {
  if (found.count === 0) return [];
  return [
    {
      code: CODE,
      severity: 'warning',
      ...found.listed(),
      evidence: `${found.count} of ${described} descriptions speak of a score they explain; first ${shown}.`,
      advice: 'Edit the sentence, or ask with a blind prompt: at inference there is no score to speak of.',
    },
  ];
}

function wordFinding(
  aspect: Aspect,
  { own, rated, expectedByChance, sawLabel }: OwnWordTally,
): readonly CheckFinding[] {
  if (own.count === 0) return [];
  const chance = expectedByChance();
  const leaks = sawLabel && own.count > chance + NOTABLE_SIGMAS * Math.sqrt(chance);
  return [
    {
      code: CODE,
      severity: leaks ? 'warning' : 'info',
      ...own.listed(),
      evidence:
        `${aspect}: ${own.count} of ${rated} descriptions contain their own word label before it is asked for; ` +
        `were words and labels unrelated it would be about ${chance.toFixed(1)}.`,
      advice: leaks
        ? 'Use these descriptions as training targets only, never as the input a score is judged on.'
        : 'Nothing to do: it is plain English, or was written without the label in sight.',
    },
  ];
}
