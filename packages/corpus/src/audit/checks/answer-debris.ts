import { descriptionOf } from '../../conversation-shape.ts';
import { findDebris } from '../debris/find-debris.ts';
import { languagesOf } from '../debris/language.ts';
import type { AuditCheck } from '../finding.ts';
import { createRowList, type RowList } from '../row-list.ts';

const CODE = 'answer-debris';
/** The language of descriptions unless most of them are in another. */
const USUAL_LANGUAGE = 'en';

/**
 * Descriptions that are something else as well, or not whole: rests of JSON and markup, a sentence that breaks off, no
 * text, words of the question, another language than the corpus has.
 */
export const answerDebris: AuditCheck = {
  code: CODE,
  start({ detectLanguage }) {
    const found = createRowList();
    const byLanguage = new Map<string, { rows: RowList; example: string }>();
    let [described, example] = [0, ''];
    return {
      see({ position, row }) {
        const description = descriptionOf(row);
        if (description === null) return;
        described += 1;
        const problem = findDebris(row, description);
        if (problem !== null) {
          if (found.count === 0) example = `${row.id}: ${problem}`;
          found.add(position);
          return;
        }
        if (detectLanguage === null) return;
        for (const language of new Set(languagesOf(description, detectLanguage))) {
          const rows = byLanguage.get(language) ?? { rows: createRowList(), example: row.id };
          rows.rows.add(position);
          byLanguage.set(language, rows);
        }
      },
      finish() {
        const home =
          [...byLanguage].find(([, { rows }]) => rows.count > described / 2)?.[0] ?? USUAL_LANGUAGE;
        const foreign = new Set<number>();
        for (const [language, { rows, example: id }] of byLanguage) {
          if (language === home) continue;
          for (const position of rows.positions()) foreign.add(position);
          if (example === '') example = `${id}: its language is ${language}, the corpus's is ${home}`;
        }
        for (const position of foreign) found.add(position);
        if (found.count === 0) return [];
        const languages =
          foreign.size === 0 ? '' : `, ${foreign.size} of them in another language than ${home}`;
        return [
          {
            code: CODE,
            severity: 'warning',
            ...found.listed(),
            evidence: `${found.count} of ${described} descriptions have debris in them${languages}; first ${example}.`,
            advice:
              'Parse the stored answers again with the newest parser (distill reparse), clean them (distill audit --fix) or ask again: the student learns to write it.',
          },
        ];
      },
    };
  },
};
