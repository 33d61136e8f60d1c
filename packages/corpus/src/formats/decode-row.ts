import { IMAGE_TOKEN } from '../control-tokens.ts';
import { IMAGE_LINE } from '../conversation-shape.ts';
import type { ReadItem, ReadTurn } from './read-row.ts';

/** How a file spells its rows, where it isn't found out from the row itself. */
export interface RowSpelling {
  /** True where the consumer puts a newline after a picture by itself. */
  readonly impliesNewline: boolean;
  /** Names that LLaMA-Factory's dataset_info.json gives; null for the usual ones. */
  readonly columns?: Partial<Readonly<Record<'turns' | 'images', string>>>;
  readonly tags?: Partial<Readonly<Record<'role' | 'content' | 'user' | 'assistant', string>>>;
}

/** Names of the speakers in files from elsewhere. */
const ROLES: ReadonlyMap<string, string> = new Map([
  ['human', 'user'],
  ['gpt', 'assistant'],
]);

/** A value of somebody's file as a row, in our spelling; `unreadable` with the reason where it can't be one. */
export function decodeRow(value: unknown, place: string, spelling: RowSpelling): ReadItem {
  const unreadable = (reason: string): ReadItem => ({ kind: 'unreadable', place, reason });
  if (!isObject(value)) return unreadable(`expected an object, got ${nameOf(value)}`);
  const turnsKey = spelling.columns?.turns ?? ('conversations' in value ? 'conversations' : 'messages');
  const list = value[turnsKey];
  if (!Array.isArray(list)) return unreadable(`expected a list “${turnsKey}”, got ${nameOf(list)}`);
  const images = imagesOf(value, spelling);
  if (typeof images === 'string') return unreadable(images);
  const turns: ReadTurn[] = [];
  for (const [index, entry] of list.entries()) {
    const turn = turnOf(entry, spelling);
    if (typeof turn === 'string') return unreadable(`turn ${index}: ${turn}`);
    turns.push(withOurTokens(turn, images.placeholders, spelling));
  }
  return { kind: 'row', row: { place, id: idOf(value.id), images: images.paths, turns } };
}

/** @returns what is wrong, where it can't be a turn */
function turnOf(entry: unknown, { tags }: RowSpelling): ReadTurn | string {
  if (!isObject(entry)) return `expected an object, got ${nameOf(entry)}`;
  const role = entry[tags?.role ?? ('role' in entry ? 'role' : 'from')];
  const text = entry[tags?.content ?? ('content' in entry ? 'content' : 'value')];
  if (typeof role !== 'string') return `expected the speaker's name, got ${nameOf(role)}`;
  if (typeof text !== 'string') return `expected text, got ${nameOf(text)}`;
  if (tags?.user === role) return { role: 'user', text };
  if (tags?.assistant === role) return { role: 'assistant', text };
  return { role: ROLES.get(role) ?? role, text };
}

interface RowImages {
  readonly paths: readonly string[];
  /** Marks of a dict's pictures, `<image_00>`. */
  readonly placeholders: readonly string[];
}

/** @returns what is wrong, where the images can't be read */
function imagesOf(value: Readonly<Record<string, unknown>>, { columns }: RowSpelling): RowImages | string {
  const key = columns?.images ?? ('images' in value ? 'images' : 'image');
  const images = value[key];
  if (images === undefined || images === null) return { paths: [], placeholders: [] };
  if (typeof images === 'string') return { paths: [images], placeholders: [] };
  if (Array.isArray(images)) {
    const paths = images.map(pathOf);
    const bad = paths.indexOf(null);
    if (bad !== -1) return `expected a path as image ${bad}, got ${nameOf(images[bad])}`;
    return { paths: paths.filter((path) => path !== null), placeholders: [] };
  }
  if (!isObject(images)) return `expected a path, a list or an object as “${key}”, got ${nameOf(images)}`;
  const single = pathOf(images);
  if (single !== null) return { paths: [single], placeholders: [] };
  const entries = Object.entries(images);
  const bad = entries.find(([, path]) => typeof path !== 'string');
  if (bad !== undefined) return `expected a path as image ${bad[0]}, got ${nameOf(bad[1])}`;
  return { paths: entries.map(([, path]) => String(path)), placeholders: entries.map(([name]) => name) };
}

/** An image's path: itself, or the `path` of Hugging Face's `{bytes, path}`. */
function pathOf(image: unknown): string | null {
  if (typeof image === 'string') return image;
  return isObject(image) && typeof image.path === 'string' ? image.path : null;
}

function withOurTokens(turn: ReadTurn, placeholders: readonly string[], spelling: RowSpelling): ReadTurn {
  let { text } = turn;
  for (const name of placeholders) text = text.replaceAll(name, IMAGE_TOKEN);
  if (spelling.impliesNewline && turn.role === 'user') text = text.replaceAll(IMAGE_TOKEN, IMAGE_LINE);
  return { ...turn, text };
}

function idOf(id: unknown): string | null {
  return typeof id === 'string' || typeof id === 'number' ? String(id) : null;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function nameOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return 'a list';
  return { object: 'an object', number: 'a number', string: 'text' }[typeof value as string] ?? typeof value;
}
