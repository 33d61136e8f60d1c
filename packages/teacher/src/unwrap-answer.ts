import { jsonrepair } from 'jsonrepair';
import { z } from 'zod';

export type UnwrapName = 'code-fence' | 'json-wrapper' | 'json-repaired';

export type UnwrappedAnswer =
  | { readonly ok: true; readonly text: string; readonly unwrapped: readonly UnwrapName[] }
  | { readonly ok: false; readonly reason: string };

/** Members of a JSON answer that can hold its prose, likeliest first. */
const PROSE_MEMBERS = ['description', 'response', 'answer', 'explanation', 'text'] as const;

const jsonAnswerSchema = z.union([
  z.string(),
  z.record(z.string(), z.unknown()),
  z.tuple([z.record(z.string(), z.unknown())]).transform(([only]) => only),
]);

/** Takes prose out of a code fence or a JSON value that wraps all of it; other text comes back as it is. */
export function unwrapAnswer(raw: string): UnwrappedAnswer {
  const unwrapped: UnwrapName[] = [];
  const fenced = readFence(raw.trim());
  if (fenced !== null) unwrapped.push('code-fence');
  const text = fenced ?? raw;
  const json = readJson(text.trim());
  if (json === null) return { ok: true, text, unwrapped };
  const prose = proseOf(json.value);
  if (prose === null)
    return { ok: false, reason: 'The answer is JSON without one text that could be the description.' };
  return {
    ok: true,
    text: prose,
    unwrapped: [...unwrapped, json.repaired ? 'json-repaired' : 'json-wrapper'],
  };
}

/** What a code fence around the whole text holds; null without one. */
export function readFence(text: string): string | null {
  const opening = /^```[\w-]*[ \t]*\r?\n?/.exec(text);
  if (opening === null || !text.endsWith('```') || text.length < 6) return null;
  const inside = text.slice(opening[0].length, -3);
  return inside.includes('```') ? null : inside.trimEnd();
}

function readJson(text: string): { value: unknown; repaired: boolean } | null {
  if (!/^["{[]/.test(text)) return null;
  try {
    return { value: JSON.parse(text), repaired: false };
  } catch {
    // Prose may begin with a quote or a bracket; only what begins like an object is worth repairing.
    return /^\[?\s*\{/.test(text) ? repairJson(text) : null;
  }
}

function repairJson(text: string): { value: unknown; repaired: boolean } | null {
  try {
    return { value: JSON.parse(jsonrepair(text)), repaired: true };
  } catch {
    return null;
  }
}

function proseOf(value: unknown): string | null {
  const answer = jsonAnswerSchema.safeParse(value);
  if (!answer.success) return null;
  if (typeof answer.data === 'string') return answer.data;
  const members = answer.data;
  const named = PROSE_MEMBERS.map((name) => members[name]).find((member) => typeof member === 'string');
  if (typeof named === 'string') return named;
  const texts = Object.values(members).filter((member) => typeof member === 'string');
  return texts.length === 1 ? (texts[0] ?? null) : null;
}
