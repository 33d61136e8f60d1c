import { DatasetUnreadableError } from './errors.ts';
import { readTable } from './read-table.ts';

/**
 * The names in a table's header, trimmed.
 *
 * @throws DatasetUnreadableError there is no header, or no row below it
 */
export async function readHeader(file: string): Promise<readonly string[]> {
  let header: readonly string[] | undefined;
  for await (const record of readTable(file)) {
    if (header !== undefined) return header;
    header = record.fields.map((field) => field.trim());
  }
  const message =
    header === undefined
      ? `${file} is empty: a CSV with a header and a row an image was expected.`
      : `${file} has a header and no row: a row an image was expected.`;
  throw new DatasetUnreadableError(file, message);
}
