import { createRequire } from 'node:module';
import type llama3Tokenizer from 'llama3-tokenizer-js';
import type { TextTokenizer } from './text-tokenizer.ts';

/** Raised with the package: other code may count differently. */
const CACHE_KEY = 'llama3-tokenizer-js@1.2.0';

/**
 * The vocabulary of Llama 3, which MiniCPM-Llama3-V-2_5 shares but for its marks. Unpacking its 128,000 tokens takes most of a
 * second, so that happens at the first text that no cache knows.
 */
export function createLlama3Tokenizer(): TextTokenizer {
  let loaded: typeof llama3Tokenizer | undefined;
  return {
    name: 'Llama 3 vocabulary',
    cacheKey: CACHE_KEY,
    exact: true,
    count(text) {
      loaded ??= loadLlama3();
      return loaded.encode(text, { bos: false, eos: false }).length;
    },
  };
}

function loadLlama3(): typeof llama3Tokenizer {
  // The package is a module with this one default export; `require` of a module gives it as a namespace.
  const { default: llama3 } = createRequire(import.meta.url)('llama3-tokenizer-js') as {
    default: typeof llama3Tokenizer;
  };
  return llama3;
}
