import { ASPECTS, type Aspect } from '@retort/schema';
import { rowId } from '../../row-id.ts';
import type { AuditCheck } from '../finding.ts';
import { createRowList } from '../row-list.ts';

const CODE = 'conversation-missing';

/** Samples that have a row in one aspect of the corpus and none in another. Lists the ids of the rows that aren't there. */
export const conversationMissing: AuditCheck = {
  code: CODE,
  start() {
    // Dataset → sample → a bit for each aspect seen, in the order of ASPECTS.
    const samplesOf = new Map<string, Map<string, number>>();
    let everyAspect = 0;
    return {
      see({ row }) {
        const bit = 1 << ASPECTS.indexOf(row.aspect);
        const samples = samplesOf.get(row.dataset) ?? new Map<string, number>();
        samples.set(row.sampleName, (samples.get(row.sampleName) ?? 0) | bit);
        samplesOf.set(row.dataset, samples);
        everyAspect |= bit;
      },
      finish() {
        const missing = createRowList();
        let count = 0;
        for (const [dataset, samples] of samplesOf) {
          count += samples.size;
          for (const [sampleName, seen] of samples) {
            for (const aspect of aspectsIn(everyAspect & ~seen))
              missing.add(rowId({ dataset, aspect, sampleName }));
          }
        }
        if (missing.count === 0) return [];
        return [
          {
            code: CODE,
            severity: 'warning',
            ...missing.listed(),
            evidence: `${missing.count} rows are missing: ${count} samples, aspects ${aspectsIn(everyAspect).join(' and ')}.`,
            advice: 'Look at the dead letters (failures) and retry them, or leave the aspect out.',
          },
        ];
      },
    };
  },
};

function aspectsIn(bits: number): readonly Aspect[] {
  return ASPECTS.filter((_, index) => (bits & (1 << index)) !== 0);
}
