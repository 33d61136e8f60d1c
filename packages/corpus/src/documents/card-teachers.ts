import type { TeacherFacts } from '@retort/schema';
import type { DocumentsInput } from './documents-input.ts';
import { inlineText } from './inline-text.ts';
import { answeredBetween } from './recording-dates.ts';

/** Who wrote the descriptions, with model versions, dates and costs. */
export function cardTeachers({ manifest, teachers }: Pick<DocumentsInput, 'manifest' | 'teachers'>): string {
  const lead = 'The descriptions were written by a machine, not by people:';
  const lines =
    teachers.length > 0
      ? teachers.filter(({ answers }) => answers > 0).map(describe)
      : manifest.teachers.map(
          ({ teacher, model, rows }) => `- ${inlineText(model)} (${inlineText(teacher)}): ${rows} rows`,
        );
  return [lead, '', ...lines, '', ...costLines(teachers), wordLine(manifest.wordBinning)].join('\n');
}

function describe(facts: TeacherFacts): string {
  const version = facts.modelVersion === null ? 'version not said' : `version ${facts.modelVersion}`;
  const span = answeredBetween(facts);
  const dates =
    span === null
      ? 'dates of the answers not recorded'
      : span.first === span.last
        ? `answered on ${span.first}`
        : `answered from ${span.first} to ${span.last}`;
  return `- ${inlineText(facts.model)} (${inlineText(facts.teacher)}), ${inlineText(version)}: ${facts.answers} answers, ${dates}`;
}

/** Known prices only; how many calls it took depends on what broke on the way, so that isn't said. */
function costLines(teachers: readonly TeacherFacts[]): readonly string[] {
  if (teachers.length === 0) return [];
  const known = teachers.reduce((sum, { knownUsd }) => sum + knownUsd, 0);
  // A replay is free, also where it broke off.
  const paid = teachers.filter(({ teacher }) => teacher !== 'replay');
  const unknown = paid.reduce((sum, { unknownCost }) => sum + unknownCost, 0);
  if (known === 0 && unknown > 0) return ['Cost: unknown.', ''];
  const replayed = teachers.every(({ teacher }) => teacher === 'replay')
    ? ' (recorded answers were replayed)'
    : '';
  const rest = unknown === 0 ? '' : `; the price of ${unknown} more calls is unknown`;
  return [`Cost: ${known === 0 ? '0' : known.toFixed(2)} USD${replayed}${rest}.`, ''];
}

function wordLine(wordBinning: string): string {
  return `The words (bad, poor, fair, good, excellent) are not the machine's: they are cut from the MOS of people, by \`${wordBinning}\`.`;
}

/** True where a model of Google wrote a row. */
export function isByGemini({ manifest }: Pick<DocumentsInput, 'manifest'>): boolean {
  return manifest.teachers.some(({ model }) => /gemini/i.test(model));
}
