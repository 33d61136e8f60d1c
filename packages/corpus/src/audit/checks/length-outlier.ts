import type { Aspect } from '@retort/schema';
import { descriptionOf } from '../../conversation-shape.ts';
import type { AuditCheck, CheckFinding } from '../finding.ts';
import { createFloatList, createIndexList, type NumberList } from '../measures/number-list.ts';
import { byAspect } from '../measures/rating-of.ts';
import { type RobustSpread, robustSpread } from '../measures/robust-spread.ts';
import { createRowList } from '../row-list.ts';

const CODE = 'length-outlier';
/** Fewer descriptions have no usual length. Our choice. */
const MIN_DESCRIPTIONS = 30;
/**
 * A description is far too long or short when the logarithm of its length is this many robust standard deviations away, and its
 * length a third or three times the middle one. Of 4,770 recorded answers none is (checked 2026-11-28): at 3.5 deviations
 * alone it were 12, all of them sound answers in one or two sentences, or in a list.
 */
const FAR_DEVIATIONS = 5;
const FAR_FACTOR = 3;

interface Lengths {
  readonly logarithms: NumberList;
  readonly positions: NumberList<Uint32Array>;
}

/** Descriptions that are no answer by their length: cut off, a single phrase, or several answers in one. */
export const lengthOutlier: AuditCheck = {
  code: CODE,
  start() {
    const lengths = byAspect(
      (): Lengths => ({ logarithms: createFloatList(), positions: createIndexList() }),
    );
    return {
      see({ position, row }) {
        const characters = descriptionOf(row)?.trim().length ?? 0;
        // An empty description is answer-debris.
        if (row.aspect === null || characters === 0) return;
        const { logarithms, positions } = lengths.get(row.aspect);
        logarithms.push(Math.log(characters));
        positions.push(position);
      },
      finish: () => lengths.entries().flatMap(([aspect, measured]) => judge(aspect, measured)),
    };
  },
};

function judge(aspect: Aspect, { logarithms, positions }: Lengths): readonly CheckFinding[] {
  const values = logarithms.values();
  if (values.length < MIN_DESCRIPTIONS) return [];
  const spread = robustSpread(values);
  const found = createRowList();
  let [short, shortest, longest] = [0, Infinity, -Infinity];
  for (const [index, value] of values.entries()) {
    if (!isFar(value, spread)) continue;
    found.add(positions.at(index));
    if (value < spread.median) short += 1;
    shortest = Math.min(shortest, value);
    longest = Math.max(longest, value);
  }
  if (found.count === 0) return [];
  return [
    {
      code: CODE,
      severity: 'warning',
      ...found.listed(),
      evidence:
        `${aspect}: of ${values.length} descriptions with a middle length of ${charactersOf(spread.median)} characters ${short} are far ` +
        `shorter and ${found.count - short} far longer (a third or three times as long, and ${FAR_DEVIATIONS} deviations away), from ` +
        `${charactersOf(shortest)} to ${charactersOf(longest)} characters.`,
      advice:
        'Read them: cut-off, empty or repeated answers are asked again or left out; a sound one can stay.',
    },
  ];
}

function isFar(logarithm: number, { median, deviation }: RobustSpread): boolean {
  const distance = Math.abs(logarithm - median);
  return distance >= FAR_DEVIATIONS * deviation && distance >= Math.log(FAR_FACTOR);
}

function charactersOf(logarithm: number): number {
  return Math.round(Math.exp(logarithm));
}
