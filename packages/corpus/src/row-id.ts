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

function compareBytes(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
}
