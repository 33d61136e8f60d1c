import { readFile, stat } from 'node:fs/promises';
import { errorCodeOf } from '@retort/schema';
import { DatasetUnreadableError } from './errors.ts';
import { MatFormatError } from './mat-element.ts';
import { type MatVariable, parseMat } from './parse-mat.ts';

/** Largest file that is believed, in bytes; ours: 2,400 numbers are 19 KiB. */
const MAX_FILE_BYTES = 16 * 1024 * 1024;

/**
 * The MOS of every image, in the dataset's order, out of a MATLAB file with one column (or row) of them.
 *
 * @param variable the name it has in there
 * @param count how many there must be
 * @returns NaN where the file says so
 * @throws DatasetUnreadableError the file is missing, forbidden, of another format, or holds something else
 */
export async function readMosFile(file: string, variable: string, count: number): Promise<readonly number[]> {
  const variables = parse(file, await readBytes(file));
  const found = variables.find(({ name }) => name === variable);
  if (found === undefined) {
    const names = variables.map(({ name }) => name).join(', ') || 'none';
    throw new DatasetUnreadableError(
      file,
      `${file} should hold the variable ${variable}; its variables are: ${names}. Take the file of the dataset's own DATA/MOS.`,
    );
  }
  return checkShape(file, found, count);
}

function checkShape(file: string, { name, dimensions, values }: MatVariable, count: number) {
  const isVector = dimensions.length === 2 && dimensions.includes(1) && dimensions.includes(count);
  if (values !== null && isVector) return values;
  const came = values === null ? 'something that is no array of real numbers' : dimensions.join(' x ');
  throw new DatasetUnreadableError(
    file,
    `${file}: ${name} should be ${count} x 1 numbers, one an image, and is ${came}. Take the dataset's own file.`,
  );
}

function parse(file: string, bytes: Buffer): readonly MatVariable[] {
  try {
    return parseMat(bytes);
  } catch (cause) {
    if (!(cause instanceof MatFormatError)) throw cause;
    throw new DatasetUnreadableError(file, `${file} can't be read: ${cause.message}.`, { cause });
  }
}

async function readBytes(file: string): Promise<Buffer> {
  try {
    const { size } = await stat(file);
    if (size > MAX_FILE_BYTES) {
      const message = `${file} has ${size} bytes, and some 20,000 were expected: is it the right file?`;
      throw new DatasetUnreadableError(file, message);
    }
    return await readFile(file);
  } catch (cause) {
    const code = errorCodeOf(cause);
    if (code === undefined || cause instanceof DatasetUnreadableError) throw cause;
    const message =
      code === 'ENOENT' || code === 'ENOTDIR'
        ? `${file} isn't there: a MATLAB file of MOS was expected; check the path.`
        : `${file} can't be read by this user (${code}): change its permissions.`;
    throw new DatasetUnreadableError(file, message, { cause });
  }
}
