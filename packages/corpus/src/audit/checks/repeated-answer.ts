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
    const [texts, pairs] = [createKeyTable(), createKeyTable()];
    // Per text: its first image plus 1, and its other images; most have none. By position: text plus 1; 0 without a description.
    const [firstImageOf, othersOf] = [createGrowingArray(), createGrowingArray()];
    const textOfRow = createGrowingArray();
    let rows = 0;
    const imagesOf = (text: number) => (firstImageOf.at(text) === 0 ? 0 : 1 + othersOf.at(text));
    let most = { images: 1, shown: '' };
    return {
      see({ position, row, image }) {
        const description = descriptionOf(row);
        if (description === null || image === null || description.trim() === '') return;
        const plain = description.trim().toLowerCase().replace(/\s+/gu, ' ');
        const text = texts.indexOf(`${row.aspect}\n${plain}`);
        const first = firstImageOf.at(text);
        if (first === 0) firstImageOf.set(text, image + 1);
        else if (first !== image + 1 && pairs.isNew(`${text} ${image}`)) {
          othersOf.set(text, othersOf.at(text) + 1);
          if (imagesOf(text) > most.images)
            most = { images: imagesOf(text), shown: plain.slice(0, SHOWN_CHARACTERS) };
        }
        textOfRow.set(position, text + 1);
        rows = position + 1;
      },
      finish() {
        if (most.images < 2) return [];
        let repeated = 0;
        for (let text = 0; text < texts.count; text += 1) if (imagesOf(text) > 1) repeated += 1;
        const found = createRowList();
        for (let position = 0; position < rows; position += 1) {
          const text = textOfRow.at(position) - 1;
          if (text >= 0 && imagesOf(text) > 1) found.add(position);
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
