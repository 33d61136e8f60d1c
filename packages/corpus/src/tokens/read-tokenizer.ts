import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import { errorCodeOf, sha256 } from '@retort/schema';
import { z } from 'zod';
import { CorpusUsageError } from '../errors.ts';
import type { TextTokenizer } from './text-tokenizer.ts';

export const TOKENIZER_FILE = 'tokenizer.json';
export const TOKENIZER_CONFIG_FILE = 'tokenizer_config.json';

/** Only what tells a tokenizer from any other JSON: the library reads the rest. */
const tokenizerSchema = z.looseObject({ model: z.looseObject({}) });

/**
 * A student's own tokenizer, from its `tokenizer.json` or the folder that holds it; `tokenizer_config.json` beside it is read
 * too, where there is one.
 *
 * @param name for people; else the path
 * @throws CorpusUsageError when nothing there can be read as a tokenizer
 */
export async function readTokenizer(path: string, name?: string): Promise<TextTokenizer> {
  const file = (await isFolder(path)) ? join(path, TOKENIZER_FILE) : path;
  const text = await textOf(file);
  if (text === null) {
    throw new CorpusUsageError(
      `--tokenizer: expected ${TOKENIZER_FILE} at ${file}, nothing is there: name the file, its folder or a model of the hub.`,
    );
  }
  const config = await textOf(join(dirname(file), TOKENIZER_CONFIG_FILE));
  const tokenizer = createTokenizer(file, text, config);
  return {
    name: name ?? `${TOKENIZER_FILE} of ${basename(dirname(file))}`,
    cacheKey: sha256(`${text}\n${config ?? ''}`),
    exact: true,
    count: (content) => tokenizer.encode(content, { add_special_tokens: false }).ids.length,
  };
}

function createTokenizer(file: string, text: string, config: string | null): Tokenizer {
  try {
    const parsed = tokenizerSchema.parse(JSON.parse(text));
    return new Tokenizer(parsed, config === null ? {} : JSON.parse(config));
  } catch (cause) {
    throw new CorpusUsageError(
      `--tokenizer: expected a ${TOKENIZER_FILE} of Hugging Face's tokenizers, ${file} can't be read as one: download it again.`,
      { cause },
    );
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (isAbsence(error)) return false;
    throw error;
  }
}

async function textOf(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isAbsence(error)) return null;
    throw error;
  }
}

function isAbsence(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(errorCodeOf(error) ?? '');
}
