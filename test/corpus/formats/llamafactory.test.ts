import { describe, expect, it } from 'vitest';
import { llamafactoryFormat } from '../../../packages/corpus/src/formats/llamafactory.ts';
import { formatContract } from '../../contracts/format.ts';
import { buildRow } from '../build-row.ts';
import { writeFormat } from './write-format.ts';

interface SharegptRow {
  readonly id: string;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly images: readonly string[];
}

function load(bytes: Uint8Array): readonly SharegptRow[] {
  return JSON.parse(Buffer.from(bytes).toString('utf8'));
}

formatContract('llamafactory', {
  format: llamafactoryFormat,
  fileName: (split) => `${split}.json`,
  load: (bytes) =>
    load(bytes).map(({ messages, images }) => ({
      image: images.join(),
      turns: messages.map(({ role, content }) => ({ role, text: content })),
    })),
});

describe('llamafactoryFormat', () => {
  it('writes as many image tokens as images', async () => {
    const bytes = (await writeFormat(llamafactoryFormat, [buildRow()])).get('train.json') ?? new Uint8Array();
    const [row] = load(bytes);
    expect(row?.images).toHaveLength(1);
    expect(
      row?.messages
        .map(({ content }) => content)
        .join()
        .split('<image>'),
    ).toHaveLength(2);
  });

  it('spells columns and tags out in dataset_info.json, for each split that has rows', () => {
    const [info] = llamafactoryFormat.sideFiles({ corpusKey: 'sha256:aa', splits: ['train', 'test'] });
    expect(info?.name).toBe('dataset_info.json');
    const entries = JSON.parse(info?.text ?? '{}');
    expect(Object.keys(entries)).toEqual(['retort_train', 'retort_test']);
    expect(entries.retort_test).toEqual({
      file_name: 'test.json',
      formatting: 'sharegpt',
      columns: { messages: 'messages', images: 'images' },
      tags: { role_tag: 'role', content_tag: 'content', user_tag: 'user', assistant_tag: 'assistant' },
    });
  });
});
