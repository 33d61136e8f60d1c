import type { Conversation } from '@retort/schema';

/** Name of a row in audits, errors and exports: unique in a corpus. */
export function rowId(row: Pick<Conversation, 'dataset' | 'aspect' | 'sampleName'>): string {
  return `${row.dataset}/${row.aspect}/${row.sampleName}`;
}

/**
 * Order of a corpus: aspect, then sample name, then dataset, each by its UTF-8 bytes: the order in which SQLite sorts
 * text, so that rows can be streamed from a query.
 */
export function compareRows(
  a: Pick<Conversation, 'dataset' | 'aspect' | 'sampleName'>,
  b: Pick<Conversation, 'dataset' | 'aspect' | 'sampleName'>,
): number {
  return (
    compareBytes(a.aspect, b.aspect) ||
    compareBytes(a.sampleName, b.sampleName) ||
    compareBytes(a.dataset, b.dataset)
  );
}

/** From here on UTF-16 units (surrogates) no longer sort as their UTF-8 bytes do. */
const FIRST_SURROGATE = 0xd800;

function compareBytes(a: string, b: string): number {
  if (a === b) return 0;
  const shorter = Math.min(a.length, b.length);
  let i = 0;
  while (i < shorter && a.charCodeAt(i) === b.charCodeAt(i)) i += 1;
  const [left, right] = [a.charCodeAt(i), b.charCodeAt(i)]; // NaN where a text has ended
  if (left < FIRST_SURROGATE && right < FIRST_SURROGATE) return left - right;
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
