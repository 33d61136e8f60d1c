import type { ReadTurn } from '@retort/corpus';

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * A row of somebody's file with other turns: only texts that changed are written, by `encode`; the rest stays as it was. Fewer
 * turns keep the first entry and the last.
 *
 * @param value a row that `decodeRow` could read
 */
export function patchRow(
  value: unknown,
  before: readonly ReadTurn[],
  after: readonly ReadTurn[],
  encode: (text: string) => string,
): unknown {
  // decodeRow read it: an object with a list of objects.
  const row = value as JsonObject;
  const key = 'conversations' in row ? 'conversations' : 'messages';
  const entries = row[key] as readonly JsonObject[];
  const patched = after.map((turn, index) => {
    const from = after.length < before.length && index === after.length - 1 ? before.length - 1 : index;
    const entry = entries[from] ?? {};
    if (before[from]?.text === turn.text) return entry;
    return { ...entry, ['content' in entry ? 'content' : 'value']: encode(turn.text) };
  });
  return { ...row, [key]: patched };
}
