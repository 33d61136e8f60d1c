import { ASPECTS, type Aspect } from '@retort/schema';

const MARKER = /^\{\{([#/])([a-z_]+)\}\}$/;

/** A line of a combined prompt, and the aspect for which alone it stands there; null where it stands for all. */
interface SectionLine {
  readonly text: string;
  readonly aspect: Aspect | null;
}

export interface Sections {
  readonly lines: readonly SectionLine[];
  /** Aspects that have a section, in their usual order. */
  readonly aspects: readonly Aspect[];
  /** What is wrong with the markers; null when nothing is. */
  readonly problem: string | null;
}

/** Takes a prompt apart at its markers `{{#quality}}` and `{{/quality}}`, each on a line of its own. */
export function readSections(text: string): Sections {
  const lines: SectionLine[] = [];
  let open: Aspect | null = null;
  let problem: string | null = null;
  for (const line of text.split('\n')) {
    const [, kind, name] = MARKER.exec(line) ?? [];
    if (kind === undefined) {
      lines.push({ text: line, aspect: open });
      continue;
    }
    const aspect = ASPECTS.find((known) => known === name) ?? null;
    if (aspect === null) problem ??= `{{${kind}${name}}}: sections are named ${ASPECTS.join(', ')}.`;
    if (kind === '#' ? open !== null : open !== aspect) {
      problem ??= `{{${kind}${name}}}: a section ends before the next one begins, and by its own name.`;
    }
    open = kind === '#' ? aspect : null;
  }
  if (open !== null) problem ??= `{{#${open}}} is never ended.`;
  const aspects = ASPECTS.filter((aspect) => lines.some((line) => line.aspect === aspect));
  return { lines, aspects, problem };
}

/** The words for some of a prompt's aspects: its other sections fall away, all markers with them. */
export function keepSections(text: string, aspects: readonly Aspect[]): string {
  const { lines, aspects: known } = readSections(text);
  if (known.length === 0) return text;
  return lines
    .filter(({ aspect }) => aspect === null || aspects.includes(aspect))
    .map((line) => line.text)
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}
