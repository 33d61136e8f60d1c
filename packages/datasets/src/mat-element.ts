/** Why bytes can't be read as a MATLAB file of version 5; the message is the end of a sentence and names no file. */
export class MatFormatError extends Error {}

/** A tagged piece of a MATLAB file. */
export interface MatElement {
  /** Its `mi…` number. */
  readonly type: number;
  readonly bytes: Buffer;
  /** Its content as numbers; null for a type that holds none. */
  numbers(): readonly number[] | null;
}

interface NumberType {
  readonly bytes: number;
  read(view: DataView, offset: number, isLittleEndian: boolean): number;
}

/** Numeric types by their `mi…` number ("MAT-File Format", table 1-1). 64-bit integers beyond 2^53 lose their last digits. */
const NUMBER_TYPES: Readonly<Record<number, NumberType>> = {
  1: { bytes: 1, read: (view, offset) => view.getInt8(offset) },
  2: { bytes: 1, read: (view, offset) => view.getUint8(offset) },
  3: { bytes: 2, read: (view, offset, little) => view.getInt16(offset, little) },
  4: { bytes: 2, read: (view, offset, little) => view.getUint16(offset, little) },
  5: { bytes: 4, read: (view, offset, little) => view.getInt32(offset, little) },
  6: { bytes: 4, read: (view, offset, little) => view.getUint32(offset, little) },
  7: { bytes: 4, read: (view, offset, little) => view.getFloat32(offset, little) },
  9: { bytes: 8, read: (view, offset, little) => view.getFloat64(offset, little) },
  12: { bytes: 8, read: (view, offset, little) => Number(view.getBigInt64(offset, little)) },
  13: { bytes: 8, read: (view, offset, little) => Number(view.getBigUint64(offset, little)) },
};

const TAG_BYTES = 8;
const MI_COMPRESSED = 15;

/**
 * Splits bytes into their elements. A tag of 8 bytes gives type and length, content is padded to 8 bytes (not where it
 * is compressed); content of 1 to 4 bytes may stand in the tag itself.
 *
 * @throws MatFormatError an element says that it is longer than what is left
 */
export function readElements(bytes: Buffer, isLittleEndian: boolean): readonly MatElement[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const elements: MatElement[] = [];
  for (let at = 0; at + TAG_BYTES <= bytes.length; ) {
    const word = view.getUint32(at, isLittleEndian);
    const smallLength = word >>> 16;
    const type = smallLength > 0 ? word & 0xffff : word;
    const length = smallLength > 0 ? smallLength : view.getUint32(at + 4, isLittleEndian);
    const start = at + (smallLength > 0 ? 4 : TAG_BYTES);
    if (start + length > bytes.length || smallLength > 4) {
      throw new MatFormatError('it ends in the middle of a variable: copy it again');
    }
    elements.push(createElement(type, bytes.subarray(start, start + length), isLittleEndian));
    const end = start + length;
    at = smallLength > 0 ? at + TAG_BYTES : type === MI_COMPRESSED ? end : Math.ceil(end / 8) * 8;
  }
  return elements;
}

function createElement(type: number, bytes: Buffer, isLittleEndian: boolean): MatElement {
  const numbers = () => {
    const numberType = NUMBER_TYPES[type];
    if (numberType === undefined) return null;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const count = Math.floor(bytes.length / numberType.bytes);
    return Array.from({ length: count }, (_, i) =>
      numberType.read(view, i * numberType.bytes, isLittleEndian),
    );
  };
  return { type, bytes, numbers };
}
