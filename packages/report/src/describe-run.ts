import { type Aspect, SPLITS, type Split } from '@retort/schema';
import { formatCount, formatNoun, formatUsd } from './format-figures.ts';
import type { ReportData } from './report-data.ts';

/** Where the answers come from and what they cost, in one sentence. */
export function describeAnswers({ run, counts }: ReportData): string {
  if (run.recorded) return `The answers are recorded ones (${run.model}); nothing was asked or paid today.`;
  const reused =
    counts.reused_answers === 0 ? '' : `, ${formatNoun(counts.reused_answers, 'earlier answer')} reused`;
  const calls = formatNoun(counts.teacher_calls, 'call');
  return `The answers come from ${run.model}: ${calls}${reused}; cost: ${formatUsd(counts.cost_usd)}.`;
}

/** What people decided about the conversations; null when nobody decided. */
export function describeReview({ counts: { review } }: ReportData): string | null {
  if (review === undefined) return null;
  const parts = [`${formatCount(review.accepted)} accepted`, `${formatCount(review.edited)} edited`];
  return `Reviewed by people: ${parts.join(', ')}, ${formatCount(review.rejected)} rejected and left out.`;
}

/** What text that was written with the MOS in sight may be used for; null when no text was. */
export function describeSawLabel(data: ReportData): string | null {
  if (!data.run.saw_label) return null;
  const scorer = data.fit === null ? '' : ` ${describeScorerInputs(data)}: it sees pixels and image prompt.`;
  return `They were written with the MOS in sight (saw_label): descriptions are training targets only.${scorer}`;
}

/** What descriptions had to do with the scorer, without a full stop. */
export function describeScorerInputs({ fit_protocol: protocol }: ReportData): string {
  const weight = protocol?.description_weight;
  return weight === undefined
    ? 'No description entered the scorer'
    : `The scorer’s networks learnt to tell the teacher’s descriptions of train rows as well (weight ${weight}); none enters it when it predicts`;
}

/** `split by image prompt, fold 2 of 5, seed 7`; a split that leaks says so wherever it is named. */
export function describeSplit({ run }: ReportData): string {
  const fold = run.fold === undefined ? '' : `, fold ${run.fold.fold} of ${run.fold.folds}`;
  const heldOut = run.hold_out === undefined ? '' : `, ${run.hold_out} held out`;
  const leaks = run.leakage === undefined ? '' : ', leaks into evaluation';
  return `split by ${run.split_by.replaceAll('-', ' ')}${fold}${heldOut}, seed ${run.seed}${leaks}`;
}

/** How the split leaks, for the places that have room; empty for a clean one. */
export function describeLeakage({ run }: ReportData): string {
  return run.leakage === undefined ? '' : ` Leakage was allowed: ${run.leakage.join(' ')}`;
}

/** `train 172 rows of 18 image prompts, val …, test …`. */
export function describeSplitRows(data: ReportData, aspect: Aspect): string {
  return SPLITS.map((split) => describeRows(data, aspect, split)).join(', ');
}

function describeRows({ counts }: ReportData, aspect: Aspect, split: Split): string {
  const cell = counts.rows.find((row) => row.aspect === aspect && row.split === split);
  const prompts = cell?.image_prompts ?? null;
  const of = prompts === null ? '' : ` (${formatNoun(prompts, 'image prompt')})`;
  return `${split} ${formatCount(cell?.rows ?? 0)}${of}`;
}
