import type { Aspect } from '@retort/schema';
import type { Estimate } from '../../compare/bootstrap.ts';
import { descriptionOf } from '../../conversation-shape.ts';
import { normaliseImagePrompt } from '../../splits/normalise-image-prompt.ts';
import type { AuditCheck, CheckFinding, Severity } from '../finding.ts';
import { createHashSample, type HashSample } from '../measures/hash-sample.ts';
import { byAspect, ratingOf } from '../measures/rating-of.ts';
import { textKey } from '../measures/text-key.ts';
import { type LeakRow, measureTextLeak, type TextLeak } from '../measures/text-leak.ts';
import { showNumber, showPercent } from '../show-figures.ts';

const CODE = 'label-leak';
/** Fewer say nothing, with this many words to choose from. Our choice. */
const MIN_ROWS = 100;
const MIN_IMAGE_PROMPTS = 20;
/** Descriptions that are looked at for each kind of text: enough for an interval of ± 0.02, in seconds and constant memory. */
const SAMPLE = 4000;

/** How a text came about, and what its author knew. */
const TEXTS = [
  { kind: 'label-aware', sawLabel: true, shown: 'text written with the MOS in sight' },
  { kind: 'blind', sawLabel: false, shown: 'blind text' },
  { kind: 'unknown', sawLabel: null, shown: 'text of unknown origin' },
] as const;
type TextKind = (typeof TEXTS)[number]['kind'];

/**
 * How well the words of the descriptions alone predict the MOS, beside what the generator settings do. Blind text that does better has
 * seen something in the image; text that was written with the MOS in sight may just repeat it.
 */
export const labelLeak: AuditCheck = {
  code: CODE,
  start() {
    const samples = byAspect(() => new Map<TextKind, HashSample<LeakRow>>());
    return {
      see({ row }) {
        const description = descriptionOf(row);
        const rating = ratingOf(row);
        if (description === null || rating === null) return;
        const kind = TEXTS.find(({ sawLabel }) => sawLabel === row.sawLabel)?.kind ?? 'unknown';
        const kinds = samples.get(rating.aspect);
        const sample = kinds.get(kind) ?? createHashSample<LeakRow>(SAMPLE);
        kinds.set(kind, sample);
        const { mos, generatorSetting } = rating;
        sample.offer(row.id, () => ({
          text: description,
          mos,
          generatorSetting,
          // Only asked whether it equals another. Of the prompt itself, put together by `replace`, V8 would keep 3 KB.
          imagePrompt: String(textKey(normaliseImagePrompt(rating.imagePrompt))),
        }));
      },
      finish: () =>
        samples.entries().flatMap(([aspect, kinds]) =>
          TEXTS.flatMap((text) => {
            const sample = kinds.get(text.kind);
            return sample === undefined ? [] : judge(aspect, text, sample);
          }),
        ),
    };
  },
};

function judge(
  aspect: Aspect,
  text: (typeof TEXTS)[number],
  sample: HashSample<LeakRow>,
): readonly CheckFinding[] {
  const rows = sample.items();
  const settings = new Set(rows.map(({ generatorSetting }) => generatorSetting)).size;
  const imagePrompts = new Set(rows.map(({ imagePrompt }) => imagePrompt)).size;
  if (rows.length < MIN_ROWS || imagePrompts < MIN_IMAGE_PROMPTS || settings < 2) return [];
  const leak = measureTextLeak(rows);
  if (leak === null) return [];
  return [
    {
      code: CODE,
      severity: severityOf(leak, text.sawLabel),
      rows: [],
      rowCount: 0,
      evidence: `${aspect}, ${text.shown}: ${showLeak(leak, sample.offered)}`,
      advice: adviceOf(leak, text.sawLabel),
    },
  ];
}

/**
 * True when the words say something of the MOS, and more than the generator does, both by more than chance. Below an SRCC of 0 a
 * floor is an accident of its folds and no floor.
 */
function beatsFloor({ srcc, difference }: TextLeak): boolean {
  return (srcc.low ?? 0) > 0 && (difference.low ?? 0) > 0;
}

function severityOf(leak: TextLeak, sawLabel: boolean | null): Severity {
  return sawLabel !== false && beatsFloor(leak) ? 'warning' : 'info';
}

function showLeak({ text, floor, srcc, floorSrcc, difference }: TextLeak, offered: number): string {
  const words = (figures: TextLeak['text']): string =>
    `words right ${showPercent(figures.accuracy)}, at most one off ${showPercent(figures.roughAccuracy)}`;
  return (
    `its words alone predict the MOS of held-out image prompts with SRCC ${showEstimate(srcc)}, ${words(text)} ` +
    `(ridge regression, 5 folds by image prompt, n ${text.n} of ${offered}); the means of the generator settings with ` +
    `${showEstimate(floorSrcc)}, ${words(floor)}, on the same folds. Difference of SRCC ${showEstimate(difference)}.`
  );
}

/** With its 95 % interval, where there is one. */
function showEstimate({ value, low, high }: Estimate): string {
  return low === null
    ? showNumber(value)
    : `${showNumber(value)} (${showNumber(low)} to ${showNumber(high)})`;
}

function adviceOf(leak: TextLeak, sawLabel: boolean | null): string {
  if (!beatsFloor(leak))
    return 'The text says no more of the MOS than the generator does: expect no more from training on it.';
  if (sawLabel === false)
    return 'Nothing to do: the author saw the image and not the MOS, so what the text knows can be learned from the image.';
  const origin = sawLabel === null ? 'Find out whether its author saw the MOS: if so, use' : 'Use';
  return `${origin} these descriptions as training targets only. A scorer that reads them when it is judged reads the label.`;
}
