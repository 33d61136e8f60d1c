import { type FileHandle, open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { readTable } from '@retort/datasets';
import { errorCodeOf, RetortError } from '@retort/schema';

/** A line of a list of decisions, counted from 1 (of a CSV with its header). */
export type DecisionLine =
  | { readonly kind: 'value'; readonly line: number; readonly value: unknown }
  | { readonly kind: 'bad'; readonly line: number; readonly reason: string };

export class DecisionFileError extends RetortError {
  readonly code = 'usage';
}

/** Columns without which a CSV is no list of decisions. */
const NEEDED_COLUMNS = ['row', 'decision'] as const;

/**
 * Reads a file of decisions: a CSV with a header where its name ends in .csv, else a JSON object a line.
 *
 * @throws DecisionFileError the file can't be read, or a CSV lacks a column
 */
export function readDecisions(file: string): AsyncGenerator<DecisionLine> {
  return file.toLowerCase().endsWith('.csv') ? readCsv(file) : readJsonFile(file);
}

/** The same from a stream of JSON lines. */
export async function* readJsonLines(input: Readable, name: string): AsyncGenerator<DecisionLine> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let line = 0;
  // Bytes stay bytes (latin1) until a line is whole, so that text that isn't UTF-8 is told by its line.
  const lines = createInterface({ input: input.setEncoding('latin1'), crlfDelay: Infinity });
  for await (const bytes of lines) {
    line += 1;
    if (bytes.trim() === '') continue;
    yield parseLine(Buffer.from(bytes, 'latin1'), line, decoder);
  }
  if (line === 0) throw new DecisionFileError(`${name} is empty: expected a JSON object a line.`);
}

function parseLine(bytes: Buffer, line: number, decoder: InstanceType<typeof TextDecoder>): DecisionLine {
  try {
    return { kind: 'value', line, value: JSON.parse(decoder.decode(bytes)) };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { kind: 'bad', line, reason: `expected a JSON object in UTF-8: ${detail}.` };
  }
}

async function* readJsonFile(file: string): AsyncGenerator<DecisionLine> {
  const handle = await openFile(file);
  try {
    yield* readJsonLines(handle.createReadStream({ autoClose: false }), file);
  } finally {
    await handle.close();
  }
}

async function openFile(file: string): Promise<FileHandle> {
  let handle: FileHandle;
  try {
    handle = await open(file);
  } catch (cause) {
    throw new DecisionFileError(`${file} can't be read (${errorCodeOf(cause)}): check the path.`, { cause });
  }
  if (!(await handle.stat()).isDirectory()) return handle;
  await handle.close();
  throw new DecisionFileError(`${file} is a folder, and a list of decisions was expected: name the file.`);
}

async function* readCsv(file: string): AsyncGenerator<DecisionLine> {
  let header: readonly string[] | null = null;
  for await (const { line, fields } of readTable(file)) {
    if (header === null) {
      header = fields.map((name) => name.trim());
      const missing = NEEDED_COLUMNS.filter((name) => header?.includes(name) !== true);
      if (missing.length > 0) {
        throw new DecisionFileError(
          `${file} lacks the column ${missing.join(' and ')}: its header is ${fields.join(',')}.`,
        );
      }
      continue;
    }
    if (fields.length > header.length) {
      const reason = `expected ${header.length} fields, got ${fields.length}: put quotes around a text with commas.`;
      yield { kind: 'bad', line, reason };
      continue;
    }
    const names = header;
    const filled = fields.flatMap((field, index) => {
      const name = names[index];
      return field === '' || name === undefined ? [] : [[name, field] as const];
    });
    yield { kind: 'value', line, value: Object.fromEntries(filled) };
  }
  if (header === null)
    throw new DecisionFileError(`${file} is empty: expected a header and a row a decision.`);
}
