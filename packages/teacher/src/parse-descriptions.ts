import { ASPECTS, type Aspect, type Descriptions } from '@retort/schema';
import { type ParseCleanUp, parseProse } from './parse-description.ts';
import { readFence } from './unwrap-answer.ts';

export type ParsedTexts =
  | { readonly ok: true; readonly texts: Descriptions; readonly cleaned: readonly ParseCleanUp[] }
  | { readonly ok: false; readonly reason: string };

interface Section {
  readonly aspect: string;
  readonly text: string;
}

/**
 * A structured answer: a JSON object with a text for each of `aspects` and nothing else. It is never repaired: a quote in
 * the wrong place could move words from one aspect to another.
 */
export function parseJsonDescriptions(answer: string, aspects: readonly Aspect[]): ParsedTexts {
  const fenced = readFence(answer.trim());
  const value = readObject(fenced ?? answer);
  if (value === null) return { ok: false, reason: 'The answer is no JSON object.' };
  const sections: Section[] = [];
  for (const [aspect, text] of Object.entries(value)) {
    if (typeof text !== 'string') return { ok: false, reason: `${quote(aspect)} is no text.` };
    sections.push({ aspect, text });
  }
  return takeSections(sections, aspects, fenced === null ? [] : ['code-fence']);
}

/** A heading: an aspect's name with a colon at the start of a line, marked up or not. */
const HEADING = new RegExp(
  `^[ \\t]*(?:#+[ \\t]*)?(?:\\*\\*|__)?(${ASPECTS.join('|')})(?:\\*\\*|__)?[ \\t]*[:：](?:\\*\\*|__)?[ \\t]*`,
  'gim',
);

/** Prose under headings, `QUALITY: …`, one for each of `aspects`, in any order. */
export function parseNamedDescriptions(answer: string, aspects: readonly Aspect[]): ParsedTexts {
  const fenced = readFence(answer.trim());
  const text = fenced ?? answer;
  const headings = [...text.matchAll(HEADING)];
  const before = text.slice(0, headings[0]?.index ?? text.length);
  if (/\p{L}/u.test(before)) {
    return { ok: false, reason: 'The answer begins with words that stand under no heading.' };
  }
  const sections = headings.map((heading, i): Section => {
    const [whole, aspect = ''] = heading;
    const end = headings[i + 1]?.index ?? text.length;
    return { aspect: aspect.toLowerCase(), text: text.slice(heading.index + whole.length, end) };
  });
  return takeSections(sections, aspects, fenced === null ? [] : ['code-fence']);
}

/** All or nothing: one description that can't be used makes the whole answer one to ask for again. */
function takeSections(
  sections: readonly Section[],
  aspects: readonly Aspect[],
  unwrapped: readonly ParseCleanUp[],
): ParsedTexts {
  const names = sections.map(({ aspect }) => aspect);
  const foreign = names.find((name) => !aspects.some((aspect) => aspect === name));
  if (foreign !== undefined) {
    return { ok: false, reason: `Nobody asked for ${quote(foreign)}, only for ${aspects.join(', ')}.` };
  }
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) return { ok: false, reason: `There are two texts about ${twice}.` };
  const texts: Partial<Record<Aspect, string>> = {};
  const cleaned = new Set(unwrapped);
  for (const aspect of aspects) {
    const section = sections.find((found) => found.aspect === aspect);
    if (section === undefined) return { ok: false, reason: `There is no text about ${aspect}.` };
    const parsed = parseProse(section.text);
    if (!parsed.ok) return { ok: false, reason: `${aspect}: ${parsed.reason}` };
    const same = aspects.find((other) => texts[other] === parsed.text);
    if (same !== undefined) return { ok: false, reason: `${same} and ${aspect} have the same text.` };
    texts[aspect] = parsed.text;
    for (const name of parsed.cleaned) cleaned.add(name);
  }
  return { ok: true, texts, cleaned: [...cleaned] };
}

function readObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    // An object that is neither null nor a list has string keys.
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

/** A name that came with the answer, short enough for a reason. */
function quote(name: string): string {
  return JSON.stringify(name.slice(0, 40));
}
