import { inflateSync } from 'node:zlib';
import { type MatElement, MatFormatError, readElements } from './mat-element.ts';

/** One numeric variable of a MATLAB file. */
export interface MatVariable {
  readonly name: string;
  /** Rows, columns, and so on. */
  readonly dimensions: readonly number[];
  /** Column by column, as MATLAB stores them; null for what isn't a full real numeric array (text, a cell, complex …). */
  readonly values: readonly number[] | null;
}

/**
 * Source: "MAT-File Format", The MathWorks, chapter 1 (Level 5). Checked 2026-11-28 against files of scipy 1.17.1 with
 * and without compression.
 */
const HEADER_BYTES = 128;
const VERSION_5 = 0x0100;
const VERSION_7_3 = 0x0200;
const MI_MATRIX = 14;
const MI_COMPRESSED = 15;
/** Array classes that hold numbers: double, single, and the eight kinds of integers. */
const FIRST_NUMERIC_CLASS = 6;
const LAST_NUMERIC_CLASS = 15;
const COMPLEX_FLAG = 0x0800;

/** Most that one compressed variable may unpack to, in bytes; ours, a hundred times what any such file needs. */
const MAX_INFLATED_BYTES = 16 * 1024 * 1024;

/**
 * The variables of a MATLAB file of version 5 (what `save -v6` and `-v7` write, and scipy's `savemat`).
 *
 * @throws MatFormatError for another version, and for bytes that end early or contradict themselves
 */
export function parseMat(bytes: Buffer): readonly MatVariable[] {
  const isLittleEndian = checkHeader(bytes);
  return readElements(bytes.subarray(HEADER_BYTES), isLittleEndian).flatMap((element) =>
    // What is compressed holds variables and nothing compressed again: no file can unpack itself for ever.
    element.type === MI_COMPRESSED
      ? parseMatrices(readElements(inflate(element.bytes), isLittleEndian), isLittleEndian)
      : parseMatrices([element], isLittleEndian),
  );
}

function checkHeader(bytes: Buffer): boolean {
  if (bytes.length < HEADER_BYTES) {
    throw new MatFormatError(`it has ${bytes.length} bytes, fewer than a MATLAB file's header`);
  }
  const mark = bytes.toString('latin1', HEADER_BYTES - 2, HEADER_BYTES);
  const isLittleEndian = mark === 'IM';
  const version = isLittleEndian ? bytes.readUInt16LE(124) : bytes.readUInt16BE(124);
  if ((isLittleEndian || mark === 'MI') && version === VERSION_5) return isLittleEndian;
  const is73 = version === VERSION_7_3 || bytes.toString('latin1', 0, 10) === 'MATLAB 7.3';
  throw new MatFormatError(
    is73
      ? 'it is a MATLAB 7.3 file (HDF5), and version 5 was expected: save it with save(…, "-v7")'
      : 'it is no MATLAB file of version 5: save it with save(…, "-v7")',
  );
}

function parseMatrices(elements: readonly MatElement[], isLittleEndian: boolean): MatVariable[] {
  return elements
    .filter(({ type }) => type === MI_MATRIX)
    .map(({ bytes }) => parseMatrix(readElements(bytes, isLittleEndian)));
}

function inflate(bytes: Buffer): Buffer {
  try {
    return inflateSync(bytes, { maxOutputLength: MAX_INFLATED_BYTES });
  } catch (cause) {
    throw new MatFormatError('a compressed variable in it is broken or larger than 16 MiB', { cause });
  }
}

/** An array: its flags, dimensions, name and real part, in this order. */
function parseMatrix([flags, dimensions, name, real]: readonly MatElement[]): MatVariable {
  const flagWord = flags?.numbers()?.[0];
  const sizes = dimensions?.numbers();
  if (flagWord === undefined || sizes == null || name === undefined) {
    throw new MatFormatError('a variable in it lacks its flags, its dimensions or its name');
  }
  const arrayClass = flagWord & 0xff;
  const isRealNumeric =
    arrayClass >= FIRST_NUMERIC_CLASS && arrayClass <= LAST_NUMERIC_CLASS && (flagWord & COMPLEX_FLAG) === 0;
  const values = isRealNumeric ? (real?.numbers() ?? null) : null;
  const count = sizes.reduce((product, size) => product * size, 1);
  const variable = { name: name.bytes.toString('latin1'), dimensions: sizes, values };
  if (values !== null && values.length !== count) {
    throw new MatFormatError(
      `the variable "${variable.name}" in it should have ${count} values and has ${values.length}`,
    );
  }
  return variable;
}
