import type { AuditRow } from '../audit-row.ts';

/** Characters from which words of a question can't be in an answer by accident. */
const MIN_CHARACTERS = 25;
/** Words of the prompts that teachers are asked with; no description addresses whoever writes it. */
const INSTRUCTION =
  /^\s*image prompt\s*:|\b(?:answer in (?:one|plain|no more)|in (?:at most|no more than) \w+ (?:words|sentences)|do not mention (?:the )?(?:score|number|MOS)|you are (?:an? )?(?:expert|helpful|image))\b/iu;

/** A line that asks, and isn't a text to be judged. */
const ASKS = /[?？]|\b(?:describe|evaluate|assess|explain|rate|judge|analy[sz]e)\b/iu;

/** Says that a description repeats what was asked; null when it doesn't. */
export function findPromptEcho(row: AuditRow, description: string): string | null {
  if (INSTRUCTION.test(description)) return 'it repeats words of the question';
  const said = plain(description);
  if (row.imagePrompt !== null && said === plain(row.imagePrompt))
    return 'it is the image prompt and no more';
  for (const turn of row.turns) {
    if (turn.role !== 'user') continue;
    for (const line of turn.text.split('\n')) {
      const asked = plain(line.replace(/^image prompt\s*:/iu, ''));
      if (asked.length < MIN_CHARACTERS || isImagePrompt(row, asked)) continue;
      if (ASKS.test(line) && said.includes(asked)) return 'it repeats the question';
    }
  }
  return null;
}

function isImagePrompt(row: AuditRow, asked: string): boolean {
  return row.imagePrompt !== null && asked === plain(row.imagePrompt);
}

function plain(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
