import { ASPECTS, type Aspect } from '@retort/schema';
import type { AuditCheck } from '../finding.ts';
import { createGrowingArray } from '../growing-array.ts';
import { createRowList } from '../row-list.ts';

const CODE = 'conversation-missing';

/** Images that have a row in one aspect of the corpus and none in another. Lists the rows that stand alone. */
export const conversationMissing: AuditCheck = {
  code: CODE,
  start() {
    // Per image: a bit for each aspect seen, in the order of ASPECTS. By position: the image plus 1; 0 of a row that doesn't count.
    const [seenOf, imageOfRow] = [createGrowingArray(), createGrowingArray()];
    let [everyAspect, images, last, rows] = [0, 0, 0, 0];
    return {
      see({ position, row, image }) {
        if (row.aspect === null || image === null) return;
        const bit = 1 << ASPECTS.indexOf(row.aspect);
        if (seenOf.at(image) === 0) images += 1;
        seenOf.set(image, seenOf.at(image) | bit);
        everyAspect |= bit;
        imageOfRow.set(position, image + 1);
        [last, rows] = [Math.max(last, image), position + 1];
      },
      finish() {
        const found = createRowList();
        for (let position = 0; position < rows; position += 1) {
          const image = imageOfRow.at(position) - 1;
          if (image >= 0 && seenOf.at(image) !== everyAspect) found.add(position);
        }
        if (found.count === 0) return [];
        const missing = ASPECTS.flatMap((aspect, index) => {
          const count = countWithout(1 << index, everyAspect, last, seenOf.at);
          return count === 0 ? [] : [`${count} have none for ${aspect}`];
        });
        return [
          {
            code: CODE,
            severity: 'warning',
            ...found.listed(),
            evidence: `Of ${images} images with rows for ${aspectsIn(everyAspect).join(' and ')} ${missing.join(', ')}.`,
            advice: 'Look at the dead letters (failures) and retry them, or leave the aspect out.',
          },
        ];
      },
    };
  },
};

function countWithout(bit: number, everyAspect: number, last: number, seenOf: (image: number) => number) {
  if ((everyAspect & bit) === 0) return 0;
  let count = 0;
  for (let image = 0; image <= last; image += 1)
    if (seenOf(image) !== 0 && (seenOf(image) & bit) === 0) count += 1;
  return count;
}

function aspectsIn(bits: number): readonly Aspect[] {
  return ASPECTS.filter((_, index) => (bits & (1 << index)) !== 0);
}
