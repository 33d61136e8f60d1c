import { basename } from 'node:path';
import { decodeRow, type RowSpelling } from './decode-row.ts';
import { type JsonContainer, sniffJson } from './json-container.ts';
import { readJsonValues } from './read-json-values.ts';
import type { ReadItem } from './read-row.ts';

/** What the consumer says of a file that holds its rows in another way; null where it takes both. */
export interface ContainerRule {
  readonly container: JsonContainer;
  readonly otherwise: string;
}

/** Rows of files of JSON, whichever way each holds them. */
export async function* readJsonRows(
  files: readonly string[],
  spelling: RowSpelling,
  rule: ContainerRule | null,
): AsyncGenerator<ReadItem> {
  for (const file of files) {
    const { container } = await sniffJson(file);
    if (rule !== null && container !== null && container !== rule.container)
      yield { kind: 'unreadable', place: basename(file), reason: rule.otherwise };
    for await (const item of readJsonValues(file)) {
      yield item.kind === 'value' ? decodeRow(item.value, item.place, spelling) : item;
    }
  }
}
