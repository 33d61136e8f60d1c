import type { Aspect } from '@retort/schema';
import { descriptionOf, wordTurnOf } from '../../conversation-shape.ts';
import { type AuditRow, mosOf } from '../audit-row.ts';
import type { AuditCheck, CheckFinding, CheckRun } from '../finding.ts';
import { findVerdictNumber } from '../label-numbers.ts';
import { findLabelInQuestion, findStatedLabel } from '../label-words.ts';
import { createOwnWordTally, type OwnWordTally } from '../own-word-tally.ts';
import { quoteAround } from '../quote.ts';
import { createRowList, type RowList } from '../row-list.ts';

const CODE = 'label-in-text';

/** "the lower alignment score", "a higher quality rating": the author speaks of a score that was shown. */
const SCORE_MENTION =
  /\b(?:quality|alignment|correspondence|authenticity|opinion|overall|given|assigned|low(?:er)?|high(?:er)?)\s+(?:score|rating)s?\b/iu;
/** Standard deviations above chance from which own words count as a leak and not as plain English. Our choice. */
const NOTABLE_SIGMAS = 2;

interface Leak {
  /** After "<n> of <m> rows ": a verb phrase. */
  readonly summary: string;
  readonly advice: string;
  find(row: AuditRow, description: string | null): string | null;
}

/** What gives the label away for certain: an error where the author is known to have seen it. */
const LEAKS: readonly Leak[] = [
  {
    summary: 'give the MOS or a verdict in figures',
    advice: 'Take the figures out of these texts or ask again: whoever reads the text reads the label.',
    find: findNumber,
  },
  {
    summary: 'give the word label as a verdict before it is asked for',
    advice:
      'Take the verdict out of these texts or ask again: the student copies the word instead of judging.',
    find: findWord,
  },
];

/**
 * The label inside the text, before it is asked for: as the MOS or another verdict in figures, as a verdict in a word, as
 * talk about the score, or as the row's own word anywhere.
 *
 * On the 4,770 recorded Gemini answers (MOS in sight; see docs/audit.md): no number, 14 mentions of a score, all of
 * them right; own word in 520 quality answers where chance gives 263, and in 20 correspondence answers where chance
 * gives 13. "Poor quality" is also plain English, so a word is at most a warning, and only clearly above chance.
 */
export const labelInText: AuditCheck = { code: CODE, start: startLabelInText };

function startLabelInText(): CheckRun {
  const leaks = LEAKS.map((leak) => ({ leak, found: createRowList(), shown: '', sawLabel: false }));
  const mentions = { found: createRowList(), shown: '' };
  const words = new Map<Aspect, OwnWordTally>();
  let [rows, described] = [0, 0];
  return {
    see({ position, row }) {
      rows += 1;
      const description = descriptionOf(row);
      for (const state of leaks) {
        const problem = state.leak.find(row, description);
        if (problem === null) continue;
        if (state.found.count === 0) state.shown = `${row.id}: ${problem}`;
        state.sawLabel ||= row.sawLabel === true;
        state.found.add(position);
      }
      if (description === null) return;
      described += 1;
      const mention = SCORE_MENTION.exec(description);
      if (mention !== null) {
        if (mentions.found.count === 0)
          mentions.shown = `${row.id}: ${quoteAround(description, mention.index, mention[0].length)}`;
        mentions.found.add(position);
      }
      if (row.aspect === null) return;
      const tally = words.get(row.aspect) ?? createOwnWordTally();
      tally.add(position, description, row);
      words.set(row.aspect, tally);
    },
    finish: () => [
      ...leaks.flatMap(({ leak, found, shown, sawLabel }): CheckFinding[] =>
        found.count === 0
          ? []
          : [
              {
                code: CODE,
                severity: sawLabel ? 'error' : 'warning',
                ...found.listed(),
                evidence: `${found.count} of ${rows} rows ${leak.summary}; first ${shown}.`,
                advice: leak.advice,
              },
            ],
      ),
      ...mentionFinding(mentions.found, described, mentions.shown),
      ...[...words].flatMap(([aspect, tally]) => wordFinding(aspect, tally)),
    ],
  };
}

function findNumber(row: AuditRow, description: string | null): string | null {
  const mos = mosOf(row);
  const said = description === null ? null : findVerdictNumber(description, mos);
  if (said !== null) return said;
  for (const [index, turn] of row.turns.entries()) {
    // A question may hold the image prompt, which may hold any number.
    if (turn.role !== 'user' || (index === 0 && row.imagePrompt === null)) continue;
    const asked = row.imagePrompt === null ? turn.text : turn.text.replaceAll(row.imagePrompt, '');
    const found = findVerdictNumber(asked, mos);
    if (found !== null) return `the question of turn ${index}: ${found}`;
  }
  return null;
}

function findWord(row: AuditRow, description: string | null): string | null {
  const label = row.wordLabel ?? wordTurnOf(row);
  if (label === null) return null;
  const stated = description === null ? null : findStatedLabel(description, label);
  return stated ?? findLabelInQuestion(row, label);
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
