import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { errorCodeOf } from '@retort/schema';
import { CsvError, parse } from 'csv-parse';
import { z } from 'zod';
import { checkUtf8 } from './check-utf8.ts';
import { DatasetUnreadableError } from './errors.ts';

/** One record of a CSV. */
export interface TableRecord {
  /** Line where it starts, counted from 1 with the header. */
  readonly line: number;
  readonly fields: readonly string[];
}

/**
 * Longest record that is believed, in bytes; ours, far above any image prompt. Without it a quote that is never closed
 * would draw the rest of a large file into memory.
 */
const MAX_RECORD_BYTES = 1024 * 1024;

const LINE_END = /\r\n|\n|\r/g;

/** The few members of csv-parse's output that are used. */
const parsedSchema = z.object({
  record: z.array(z.string()),
  info: z.object({ empty_lines: z.number() }),
});

/**
 * Reads a CSV record by record, the header first: comma-separated, with or without BOM, any line ends, quotes with line
 * breaks in them. Blank lines are passed over; records may differ in their number of fields.
 *
 * @throws DatasetUnreadableError missing, forbidden, a folder, not UTF-8, or a quote that is never closed
 */
export async function* readTable(file: string): AsyncGenerator<TableRecord> {
  const parser = parse({
    bom: true,
    info: true,
    max_record_size: MAX_RECORD_BYTES,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
  });
  // Whatever breaks upstream arrives at the parser, and from there at the loop below.
  pipeline(createReadStream(file), checkUtf8(file), parser, () => {});
  let nextLine = 1;
  let emptyLines = 0;
  try {
    for await (const item of parser) {
      const { record, info } = parsedSchema.parse(item);
      const line = nextLine + (info.empty_lines - emptyLines);
      emptyLines = info.empty_lines;
      nextLine = line + 1 + record.reduce((breaks, field) => breaks + countLineEnds(field), 0);
      yield { line, fields: record };
    }
  } catch (error) {
    throw explain(file, nextLine, error);
  } finally {
    parser.destroy();
  }
}

function countLineEnds(text: string): number {
  return text.match(LINE_END)?.length ?? 0;
}

/** Says in our words why the reading ended; what isn't about the file is passed on. */
function explain(file: string, line: number, error: unknown): unknown {
  if (error instanceof CsvError) {
    const message =
      `${file} can't be read beyond the record that begins at about line ${line}: a quote in it is never closed, ` +
      'or it is longer than 1 MiB. Close the quote, or double it where it belongs to the text.';
    return new DatasetUnreadableError(file, message, { cause: error });
  }
  const hint = HINTS[errorCodeOf(error) ?? ''];
  if (hint === undefined) return error;
  return new DatasetUnreadableError(file, `${file} ${hint}`, { cause: error });
}

/** What the errors of the file system mean for a person, by their code. */
const HINTS: Readonly<Record<string, string>> = {
  ENOENT: "isn't there: check the path.",
  EACCES: 'may not be read by this user: change its permissions, or those of the folders above it.',
  EISDIR: 'is a folder, and a CSV file was expected: name the file.',
};
