import { describe, expect, it } from 'vitest';
import { msSwiftFormat } from '../../../packages/corpus/src/formats/ms-swift.ts';
import { formatContract } from '../../contracts/format.ts';
import { buildRow } from '../build-row.ts';
import { writeFormat } from './write-format.ts';

interface SwiftRow {
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly images: readonly string[];
}

/** Lines as Python's `splitlines` would cut them: at U+2028 and U+0085 too. */
function load(bytes: Uint8Array): readonly SwiftRow[] {
  const text = Buffer.from(bytes).toString('utf8');
  expect(text.endsWith('\n')).toBe(true);
  return text
    .split(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/)
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

formatContract('ms-swift', {
  format: msSwiftFormat,
  fileName: (split) => `${split}.jsonl`,
  load: (bytes) =>
    load(bytes).map(({ messages, images }) => ({
      image: images.join(),
      // The template puts a newline after the image.
      turns: messages.map(({ role, content }) => ({ role, text: content.replace(/^<image>/, '<image>\n') })),
    })),
});

describe('msSwiftFormat', () => {
  it('writes messages and images, the image token directly before the question', async () => {
    const bytes = (await writeFormat(msSwiftFormat, [buildRow()])).get('train.jsonl');
    const [row] = load(bytes ?? new Uint8Array());
    expect(Object.keys(row ?? {})).toEqual(['messages', 'images']);
    expect(row?.images).toEqual(['images/glide_normal_001.jpg']);
    expect(row?.messages[0]).toEqual({ role: 'user', content: '<image>What do you see?' });
  });

  it('starts no file for the validation split in its arguments when there is none', () => {
    const [withVal] = msSwiftFormat.sideFiles({ corpusKey: 'sha256:aa', splits: ['train', 'val'] });
    const [without] = msSwiftFormat.sideFiles({ corpusKey: 'sha256:aa', splits: ['train'] });
    expect(withVal?.text).toContain('val_dataset');
    expect(without?.text).not.toContain('val_dataset');
  });
});
