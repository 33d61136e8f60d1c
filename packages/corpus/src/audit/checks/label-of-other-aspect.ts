import { ASPECTS, type Aspect, wordLabelOf } from '@retort/schema';
import { wordTurnOf } from '../../conversation-shape.ts';
import type { AuditCheck, CheckFinding } from '../finding.ts';
import { createRowList, type RowList } from '../row-list.ts';

const CODE = 'label-of-other-aspect';
/** Share of the rows with different words for two aspects from which the column was taken for the other. Our choice. */
const SWAPPED_SHARE = 0.9;
/** Rows that a judgement about the whole column needs. */
const MIN_ROWS = 10;

interface Pair {
  /** Rows rated in both aspects, and those of them whose two words differ. */
  rated: number;
  differing: number;
  fitsOther: RowList;
  example: string;
}

/**
 * Rows whose word isn't their own MOS's but is another aspect's, and whether the whole column was swapped. The published
 * correspondence corpus of M3-AGIQA carries the quality MOS: 1,279 of its 2,982 words differ (checked 2026-11-23).
 */
export const labelOfOtherAspect: AuditCheck = {
  code: CODE,
  start() {
    const pairs = new Map<string, Pair>();
    return {
      see({ position, row }) {
        if (row.aspect === null) return;
        const word = wordTurnOf(row) ?? row.wordLabel;
        const own = row.ratings[row.aspect];
        if (word === null || own === undefined) return;
        for (const other of ASPECTS) {
          const mos = row.ratings[other];
          if (other === row.aspect || mos === undefined) continue;
          const name = `${row.aspect} ${other}`;
          const pair = pairs.get(name) ?? { rated: 0, differing: 0, fitsOther: createRowList(), example: '' };
          pairs.set(name, pair);
          pair.rated += 1;
          if (wordLabelOf(own) === wordLabelOf(mos)) continue;
          pair.differing += 1;
          if (word !== wordLabelOf(mos)) continue;
          if (pair.fitsOther.count === 0) {
            pair.example = `${row.id}: “${word}” is the word of ${other} ${mos.toFixed(2)}, ${row.aspect} ${own.toFixed(2)} gives ${wordLabelOf(own)}`;
          }
          pair.fitsOther.add(position);
        }
      },
      finish: () =>
        ASPECTS.flatMap((aspect) =>
          ASPECTS.flatMap((other) => judge(aspect, other, pairs.get(`${aspect} ${other}`))),
        ),
    };
  },
};

function judge(aspect: Aspect, other: Aspect, pair: Pair | undefined): readonly CheckFinding[] {
  if (pair === undefined || pair.fitsOther.count === 0) return [];
  const { rated, differing, fitsOther, example } = pair;
  const swapped = differing >= MIN_ROWS && fitsOther.count >= SWAPPED_SHARE * differing;
  const judgement = swapped ? `: the ${aspect} corpus carries the MOS of ${other}` : '';
  return [
    {
      code: CODE,
      severity: 'error',
      ...fitsOther.listed(),
      evidence:
        `${aspect}: of ${rated} rows rated in both, ${differing} have another word by ${other} than by ${aspect}; ` +
        `${fitsOther.count} of those carry ${other}'s${judgement}; first ${example}.`,
      advice: swapped
        ? `The column was swapped: cut the words again from the ${aspect} MOS (distill audit --fix does).`
        : 'Cut the words of these rows again from their own MOS (distill audit --fix does).',
    },
  ];
}
