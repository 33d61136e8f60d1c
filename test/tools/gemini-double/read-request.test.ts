import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parseWithoutImages, readRequest } from '../../../tools/gemini-double/read-request.ts';

const IMAGE = Buffer.from(Array.from({ length: 3_000 }, (_, index) => (index * 31) & 255));
const HASH = `sha256:${createHash('sha256').update(IMAGE).digest('hex')}`;

function requestOf(text: string, key = 'inlineData', image = IMAGE) {
  const inline = { mimeType: 'image/jpeg', data: image.toString('base64') };
  return { contents: [{ role: 'user', parts: [{ [key]: inline }, { text }] }] };
}
const bytesOf = (value: unknown, indent?: number) => Buffer.from(JSON.stringify(value, null, indent));

/** The slow, obvious way. */
const readSlowly = (bytes: Buffer) => readRequest(JSON.parse(bytes.toString('utf8')));
const readFast = (bytes: Buffer) => readRequest(parseWithoutImages(bytes));

describe('parseWithoutImages', () => {
  it.each([
    ['plain words', 'Describe the image.'],
    ['the key itself', 'say "data": "x" and {"data":"y"}'],
    ['a long value that looks like an image', `{"data":"${'A'.repeat(400)}"}`],
    ['a text that is exactly the key', 'data'],
    ['other alphabets', 'Beschreibe, was du siehst: 画像 🖼️'],
  ])('reads the same as a JSON parser with %s in the prompt', (_what, text) => {
    for (const indent of [undefined, 2]) {
      const fast = readFast(bytesOf(requestOf(text), indent));
      expect(fast).toEqual(readSlowly(bytesOf(requestOf(text), indent)));
      expect(fast).toMatchObject({ ok: true, value: { text, imageHashes: [HASH] } });
    }
  });

  it('reads several images, in either spelling, and small ones', () => {
    const small = Buffer.from('tiny');
    const { contents } = requestOf('first');
    const request = { contents: [...contents, ...requestOf('second', 'inline_data', small).contents] };
    expect(readFast(bytesOf(request))).toEqual(readSlowly(bytesOf(request)));
  });

  it('throws for what is no JSON', () => {
    expect(() => parseWithoutImages(Buffer.from('{"data":"abc'))).toThrow(SyntaxError);
  });
});

describe('readRequest', () => {
  it.each([
    ['no contents', {}],
    ['no parts', { contents: [{ parts: [] }] }],
    ['an empty part', { contents: [{ parts: [{}] }] }],
    ['a negative limit', { ...requestOf('x'), generationConfig: { maxOutputTokens: -1 } }],
  ])('refuses %s with the place', (_what, value) => {
    expect(readRequest(value)).toMatchObject({
      ok: false,
      problem: expect.stringMatching(/^\* GenerateContentRequest\./),
    });
  });
});
