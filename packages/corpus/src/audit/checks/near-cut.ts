import { type Aspect, WORD_BINNING } from '@retort/schema';
import { mosOf } from '../audit-row.ts';
import type { AuditCheck } from '../finding.ts';
import { createRowList, type RowList } from '../row-list.ts';

const CODE = 'near-cut';
/** Distance from a cut, in MOS on 0–5, within which another panel of raters might well have given the other word. */
const NEAR_MOS = 0.2;
/** Keeps 2.8 and 3.2 inside in spite of binary fractions. */
const ROUNDING = 1e-9;

/** Share of rows whose word hangs on a fifth of a point. Evenly spread MOS would have 32 % (4 cuts × 0.4 of 5). */
export const nearCut: AuditCheck = {
  code: CODE,
  start() {
    const byAspect = new Map<Aspect, { rated: number; near: RowList }>();
    return {
      see({ position, row }) {
        const mos = mosOf(row);
        if (row.aspect === null || mos === null) return;
        const tally = byAspect.get(row.aspect) ?? { rated: 0, near: createRowList() };
        tally.rated += 1;
        if (WORD_BINNING.cuts.some((cut) => Math.abs(mos - cut) <= NEAR_MOS + ROUNDING))
          tally.near.add(position);
        byAspect.set(row.aspect, tally);
      },
      finish: () =>
        [...byAspect]
          .filter(([, { near }]) => near.count > 0)
          .map(([aspect, { rated, near }]) => ({
            code: CODE,
            severity: 'info' as const,
            ...near.listed(),
            evidence:
              `${aspect}: ${near.count} of ${rated} MOS (${((100 * near.count) / rated).toFixed(1)} %) lie within ` +
              `${NEAR_MOS} of a cut at ${WORD_BINNING.cuts.join(', ')}.`,
            advice:
              'Judge words by rough accuracy (one class off counts) beside accuracy, and scores by correlation.',
          })),
    };
  },
};
