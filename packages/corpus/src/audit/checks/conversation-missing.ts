import { ASPECTS, type Aspect } from '@retort/schema';
import type { AuditCheck } from '../finding.ts';
import { createGrowingArray } from '../growing-array.ts';
import { createKeyTable } from '../key-table.ts';
import { createRowList } from '../row-list.ts';

const CODE = 'conversation-missing';

/** Images that have a row in one aspect of the corpus and none in another. Lists the rows that stand alone. */
export const conversationMissing: AuditCheck = {
  code: CODE,
  start() {
    const images = createKeyTable();
    // Per image: a bit for each aspect seen, in the order of ASPECTS. Per row: its position and its image.
    const seenOf = createGrowingArray();
    const [positions, imageOfRow] = [createRowList(), createRowList()];
    let everyAspect = 0;
    return {
      see({ position, row }) {
        if (row.aspect === null || row.imageKey === null) return;
        const bit = 1 << ASPECTS.indexOf(row.aspect);
        const image = images.indexOf(row.imageKey);
        seenOf.set(image, seenOf.at(image) | bit);
        everyAspect |= bit;
        positions.add(position);
        imageOfRow.add(image);
      },
      finish() {
        const found = createRowList();
        for (const [index, image] of imageOfRow.positions().entries()) {
          if (seenOf.at(image) !== everyAspect) found.add(positions.positions()[index] ?? 0);
        }
        if (found.count === 0) return [];
        const missing = ASPECTS.flatMap((aspect, index) => {
          const count = countWithout(1 << index, everyAspect, images.count, seenOf.at);
          return count === 0 ? [] : [`${count} have none for ${aspect}`];
        });
        return [
          {
            code: CODE,
            severity: 'warning',
            ...found.listed(),
            evidence: `Of ${images.count} images with rows for ${aspectsIn(everyAspect).join(' and ')} ${missing.join(', ')}.`,
            advice: 'Look at the dead letters (failures) and retry them, or leave the aspect out.',
          },
        ];
      },
    };
  },
};

function countWithout(bit: number, everyAspect: number, images: number, seenOf: (image: number) => number) {
  if ((everyAspect & bit) === 0) return 0;
  let count = 0;
  for (let image = 0; image < images; image += 1) if ((seenOf(image) & bit) === 0) count += 1;
  return count;
}

function aspectsIn(bits: number): readonly Aspect[] {
  return ASPECTS.filter((_, index) => (bits & (1 << index)) !== 0);
}
