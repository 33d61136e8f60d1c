import { open } from 'node:fs/promises';

/** How rows are held in a file of JSON: one list, or a value a line. */
export type JsonContainer = 'list' | 'lines';

export interface SniffedJson {
  /** Null where the file begins like neither. */
  readonly container: JsonContainer | null;
  readonly hasByteOrderMark: boolean;
}

/** White space that a file may begin with and still be recognised, in bytes. */
const HEAD_BYTES = 4096;
const BYTE_ORDER_MARK = '\ufeff';

/** Looks at a file's first character, whatever its name ends in. */
export async function sniffJson(path: string): Promise<SniffedJson> {
  const handle = await open(path);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    const head = buffer.toString('utf8', 0, bytesRead);
    const [first] = head.replace(BYTE_ORDER_MARK, '').trimStart();
    const container = first === '[' ? 'list' : first === '{' ? 'lines' : null;
    return { container, hasByteOrderMark: head.startsWith(BYTE_ORDER_MARK) };
  } finally {
    await handle.close();
  }
}
