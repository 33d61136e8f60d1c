import { descriptionOf } from '../../conversation-shape.ts';
import type { AuditCheck } from '../finding.ts';
import { createGrowingArray } from '../growing-array.ts';
import { createKeyTable } from '../key-table.ts';
import { quoteAround } from '../quote.ts';
import { createRowList } from '../row-list.ts';

const CODE = 'repeated-answer';
/** Characters of the repeated text that the evidence shows. */
const SHOWN_CHARACTERS = 60;

/** One description for several different images, compared in lower case with white space collapsed. */
export const repeatedAnswer: AuditCheck = {
  code: CODE,
  start() {
    const [texts, images, pairs] = [createKeyTable(), createKeyTable(), createKeyTable()];
    // Per text: its first image plus 1, and its other images; most have none. Per row with a description: position and text.
    const [firstImageOf, othersOf] = [createGrowingArray(), createGrowingArray()];
    const imagesOf = (text: number) => (firstImageOf.at(text) === 0 ? 0 : 1 + othersOf.at(text));
    const [positions, textOfRow] = [createRowList(), createRowList()];
    let most = { images: 1, shown: '' };
    return {
      see({ position, row }) {
        const description = descriptionOf(row);
        if (description === null || row.imageKey === null || description.trim() === '') return;
        const plain = description.trim().toLowerCase().replace(/\s+/gu, ' ');
        const text = texts.indexOf(`${row.aspect}\n${plain}`);
        const image = images.indexOf(row.imageKey);
        const first = firstImageOf.at(text);
        if (first === 0) firstImageOf.set(text, image + 1);
        else if (first !== image + 1 && pairs.isNew(`${text} ${image}`)) {
          othersOf.set(text, othersOf.at(text) + 1);
          if (imagesOf(text) > most.images)
            most = { images: imagesOf(text), shown: plain.slice(0, SHOWN_CHARACTERS) };
        }
        positions.add(position);
        textOfRow.add(text);
      },
      finish() {
        if (most.images < 2) return [];
        let repeated = 0;
        for (let text = 0; text < texts.count; text += 1) if (imagesOf(text) > 1) repeated += 1;
        const found = createRowList();
        for (const [index, text] of textOfRow.positions().entries()) {
          if (imagesOf(text) > 1) found.add(positions.positions()[index] ?? 0);
        }
        return [
          {
            code: CODE,
            severity: 'warning',
            ...found.listed(),
            evidence:
              `${repeated} descriptions were given to several images; the most frequent to ` +
              `${most.images}: ${quoteAround(most.shown, 0, SHOWN_CHARACTERS)}.`,
            advice:
              'Ask the teacher about these images again; a description that fits any image teaches nothing.',
          },
        ];
      },
    };
  },
};
