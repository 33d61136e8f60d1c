import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Byte-pair tokenizer with a vocabulary of a few letters; `the` and `cat` are one token each, others a token a letter. */
export const TINY_TOKENIZER = {
  version: '1.0',
  added_tokens: [],
  normalizer: null,
  pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
  post_processor: null,
  decoder: { type: 'ByteLevel' },
  model: {
    type: 'BPE',
    unk_token: null,
    vocab: Object.fromEntries(
      ['Ċ', 'Ġ', ...'abcdefghijklmnopqrstuvwxyz', 'th', 'the', 'ca', 'cat'].map((token, id) => [token, id]),
    ),
    merges: ['t h', 'th e', 'c a', 'ca t'],
  },
};

/** The same as a folder with `tokenizer.json`. */
export function writeTinyTokenizer(folder: string): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(TINY_TOKENIZER));
  return folder;
}
