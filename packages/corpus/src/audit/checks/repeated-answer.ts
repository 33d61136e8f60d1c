import { createHash } from 'node:crypto';
import { descriptionOf } from '../../conversation-shape.ts';
import type { AuditCheck } from '../finding.ts';
import { quoteAround } from '../quote.ts';
import { createRowList } from '../row-list.ts';

const CODE = 'repeated-answer';
/** Characters of the repeated text that the evidence shows. */
const SHOWN_CHARACTERS = 60;

/** Rows with one description: most have no second, so nothing but the first is kept until one comes. */
interface Repeats {
  readonly firstId: string;
  readonly firstImage: string;
  more: { readonly ids: string[]; readonly images: Set<string>; readonly shown: string } | null;
}

/** One description for several different images, compared in lower case with white space collapsed. */
export const repeatedAnswer: AuditCheck = {
  code: CODE,
  start() {
    const byText = new Map<string, Repeats>();
    return {
      see({ id, row }) {
        const description = descriptionOf(row);
        if (description === null) return;
        const text = description.trim().toLowerCase().replace(/\s+/gu, ' ');
        const key = createHash('sha256').update(`${row.aspect}\n${text}`).digest('base64');
        const known = byText.get(key);
        if (known === undefined) {
          byText.set(key, { firstId: id, firstImage: row.imageHash, more: null });
          return;
        }
        const { firstId, firstImage } = known;
        known.more ??= {
          ids: [firstId],
          images: new Set([firstImage]),
          shown: text.slice(0, SHOWN_CHARACTERS),
        };
        known.more.ids.push(id);
        known.more.images.add(row.imageHash);
      },
      finish() {
        const repeated = [...byText.values()].flatMap(({ more }) =>
          more !== null && more.images.size > 1 ? [more] : [],
        );
        const [most] = [...repeated].sort((a, b) => b.images.size - a.images.size);
        if (most === undefined) return [];
        const found = createRowList();
        for (const { ids } of repeated) for (const id of ids) found.add(id);
        return [
          {
            code: CODE,
            severity: 'warning',
            ...found.listed(),
            evidence:
              `${repeated.length} descriptions were given to several images; the most frequent to ` +
              `${most.images.size}: ${quoteAround(most.shown, 0, SHOWN_CHARACTERS)}.`,
            advice:
              'Ask the teacher about these images again; a description that fits any image teaches nothing.',
          },
        ];
      },
    };
  },
};
