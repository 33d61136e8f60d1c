import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { errorCodeOf } from '@retort/schema';
import { userPath } from '../repository.ts';
import { UsageError } from '../usage-error.ts';

/** A text from a file, or from stdin where that is `-`. @throws UsageError it can't be read, or isn't UTF-8 */
export async function readText(
  flag: string,
  path: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const bytes = path === '-' ? await buffer(process.stdin) : await readBytes(flag, path, env);
  return decodeText(flag, path, bytes);
}

/** @throws UsageError it isn't UTF-8 */
export function decodeText(flag: string, path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    if (cause instanceof TypeError)
      throw new UsageError(`${flag}: ${path} isn't UTF-8 text: save it as UTF-8.`);
    throw cause;
  }
}

async function readBytes(
  flag: string,
  path: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Uint8Array> {
  try {
    return await readFile(userPath(path, env));
  } catch (error) {
    throw new UsageError(
      `${flag}: ${path} can't be read (${errorCodeOf(error)}): give a text file, or - for stdin.`,
    );
  }
}
