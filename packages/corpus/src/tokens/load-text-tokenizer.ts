import { existsSync } from 'node:fs';
import { MINICPM_LLAMA3_V_2_5 } from '../lora/student.ts';
import { estimatingTokenizer } from './estimate-text-tokens.ts';
import { fetchTokenizer, type TokenizerHub } from './fetch-tokenizer.ts';
import { createLlama3Tokenizer } from './llama3-tokenizer.ts';
import { readTokenizer } from './read-tokenizer.ts';
import type { TextTokenizer } from './text-tokenizer.ts';

export interface TextTokenizerOptions {
  /** As `lora/student.ts` names it. */
  readonly student: string;
  /** Path of a `tokenizer.json` or its folder, or `owner/name` on the hub; null for what is at hand. */
  readonly source: string | null;
  readonly hub: TokenizerHub;
}

/**
 * The tokenizer for a student's text: the one that was named; else, for the student of the paper, Llama 3's vocabulary;
 * else an estimate.
 *
 * @throws CorpusUsageError when the named one can't be had
 */
export async function loadTextTokenizer({
  student,
  source,
  hub,
}: TextTokenizerOptions): Promise<TextTokenizer> {
  if (source === null) {
    return student === MINICPM_LLAMA3_V_2_5.name ? createLlama3Tokenizer() : estimatingTokenizer;
  }
  const isOnHub = /^\w[\w.-]*\/\w[\w.-]*$/.test(source) && !existsSync(source);
  return isOnHub
    ? readTokenizer(await fetchTokenizer(source, hub), `tokenizer.json of ${source}`)
    : readTokenizer(source);
}
