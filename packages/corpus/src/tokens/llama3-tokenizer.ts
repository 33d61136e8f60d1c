import type { TextTokenizer } from './text-tokenizer.ts';

/** Raised with the package: other code may count differently. */
const CACHE_KEY = 'llama3-tokenizer-js@1.2.0';

/**
 * The vocabulary of Llama 3, which MiniCPM-Llama3-V-2_5 shares but for its marks. Loaded on demand: unpacking 128,000 tokens
 * takes a moment.
 */
export async function loadLlama3Tokenizer(): Promise<TextTokenizer> {
  const { default: llama3 } = await import('llama3-tokenizer-js');
  return {
    name: 'Llama 3 vocabulary',
    cacheKey: CACHE_KEY,
    exact: true,
    count: (text) => llama3.encode(text, { bos: false, eos: false }).length,
  };
}
