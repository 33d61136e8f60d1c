import { describe, expect, it } from 'vitest';
import { minicpmVFormat } from '../../../packages/corpus/src/formats/minicpm-v.ts';
import { formatContract } from '../../contracts/format.ts';
import { buildRow, buildRows } from '../build-row.ts';
import { writeFormat } from './write-format.ts';

interface MinicpmRow {
  readonly id: string;
  readonly image: string;
  readonly conversations: readonly { readonly role: string; readonly content: string }[];
}

/** `json.load` of the official script. */
function load(bytes: Uint8Array): readonly MinicpmRow[] {
  return JSON.parse(Buffer.from(bytes).toString('utf8'));
}

formatContract('minicpm-v', {
  format: minicpmVFormat,
  fileName: (split) => `${split}.json`,
  load: (bytes) =>
    load(bytes).map(({ image, conversations }) => ({
      image,
      turns: conversations.map(({ role, content }) => ({ role, text: content })),
    })),
});

describe('minicpmVFormat', () => {
  it('writes a JSON list of id, image path and conversations', async () => {
    const bytes = (await writeFormat(minicpmVFormat, [buildRow()])).get('train.json');
    expect(load(bytes ?? new Uint8Array())).toEqual([
      {
        id: 'made-up/quality/glide_normal_001.jpg',
        image: 'images/glide_normal_001.jpg',
        conversations: [
          { role: 'user', content: '<image>\nWhat do you see?' },
          { role: 'assistant', content: 'Sharp contours and a calm background in glide_normal_001.jpg.' },
          { role: 'user', content: 'Which word?' },
          { role: 'assistant', content: 'fair' },
        ],
      },
    ]);
  });

  it('puts one row on each line', async () => {
    const bytes = (await writeFormat(minicpmVFormat, buildRows(3))).get('train.json');
    expect(
      Buffer.from(bytes ?? [])
        .toString('utf8')
        .split('\n'),
    ).toHaveLength(3 + 3);
  });
});
