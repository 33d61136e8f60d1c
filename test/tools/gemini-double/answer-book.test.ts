import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createAnswerBook, guessAspect } from '../../../tools/gemini-double/answer-book.ts';
import type { GenerateRequest } from '../../../tools/gemini-double/read-request.ts';

const IMAGES = ['first', 'second'].map((name) => ({
  name,
  hash: name === 'second' ? 'sha256:known' : null,
  answers: new Map([
    ['quality', `${name}, quality`],
    ['correspondence', `${name}, correspondence`],
  ]),
}));

function requestOf(changes: Partial<GenerateRequest> = {}): GenerateRequest {
  return {
    imageHashes: ['sha256:new'],
    text: 'Describe its quality.',
    maxOutputTokens: null,
    mediaResolution: null,
    responseSchema: null,
    ...changes,
  };
}

describe('createAnswerBook', () => {
  it('knows an image by its bytes', () => {
    expect(createAnswerBook(IMAGES)(requestOf({ imageHashes: ['sha256:known'] }))).toBe('second, quality');
  });

  it('gives images it does not know the recorded ones in their order, and keeps to it', () => {
    const answer = createAnswerBook(IMAGES);
    const hashes = ['sha256:a', 'sha256:b', 'sha256:c', 'sha256:b'];
    expect(hashes.map((hash) => answer(requestOf({ imageHashes: [hash] })))).toEqual([
      'first, quality',
      'second, quality',
      'first, quality',
      'second, quality',
    ]);
    const text = 'How does it correspond to the image prompt?';
    expect(answer(requestOf({ imageHashes: ['sha256:b'], text }))).toBe('second, correspondence');
  });

  it('says that it is made up where nothing was recorded', () => {
    const answer = createAnswerBook(IMAGES)(requestOf({ text: 'How authentic is it?' }));
    expect(answer).toContain('Made up by gemini-double');
    expect(answer).toContain('authenticity');
  });

  it('answers under the headings that a prompt shows', () => {
    const text = ['QUALITY', 'CORRESPONDENCE'].map((heading) => `${heading}: …`).join('\n');
    expect(createAnswerBook(IMAGES)(requestOf({ text }))).toBe(
      'QUALITY: first, quality\n\nCORRESPONDENCE: first, correspondence',
    );
  });

  it('fills a structured answer by the names of its properties', () => {
    const properties = {
      quality: { type: 'STRING' },
      correspondence: { type: 'string' },
      sure: { type: 'BOOLEAN' },
      flaws: { type: 'ARRAY', items: { type: 'OBJECT', properties: { quality: { type: 'STRING' } } } },
      word: { type: 'STRING', enum: ['bad', 'poor'] },
      count: { type: 'INTEGER' },
    };
    const answer = createAnswerBook(IMAGES)(requestOf({ responseSchema: { type: 'OBJECT', properties } }));
    expect(JSON.parse(answer)).toEqual({
      quality: 'first, quality',
      correspondence: 'first, correspondence',
      sure: false,
      flaws: [{ quality: 'first, quality' }],
      word: 'bad',
      count: 0,
    });
  });
});

describe('guessAspect', () => {
  it.each(
    ['quality', 'correspondence', 'authenticity'].flatMap((aspect) =>
      ['blind.v1.md', 'label-aware.v1.md'].map((file) => [aspect, file] as const),
    ),
  )('finds %s in the words of its own prompt %s', (aspect, file) => {
    const text = readFileSync(new URL(`../../../prompts/${aspect}/${file}`, import.meta.url), 'utf8');
    expect(guessAspect(text.slice(text.indexOf('---', 3)))).toBe(aspect);
  });
});
