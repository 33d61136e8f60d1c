import { describe, expect, it } from 'vitest';
import { readRow } from '../../../packages/teacher/src/gemini-batch/read-row.ts';
import { splitLines } from '../../../packages/teacher/src/gemini-batch/split-lines.ts';
import { listOf } from './batch-bed.ts';

async function* inPieces(bytes: Buffer, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const split = (text: string, size: number, maxBytes = 100) =>
  listOf(splitLines(inPieces(Buffer.from(text), size), maxBytes));

describe('splitLines', () => {
  it.each([1, 2, 3, 7, 100])(
    'finds the same lines in pieces of %i bytes, also inside a character',
    async (size) => {
      expect(await split('öne\n\ntwö €\nthree', size)).toEqual([
        { text: 'öne', end: 'line-break' },
        { text: '', end: 'line-break' },
        { text: 'twö €', end: 'line-break' },
        { text: 'three', end: 'end-of-stream' },
      ]);
    },
  );

  it('cuts a line that is too long, and goes on with the next', async () => {
    expect(await split(`${'x'.repeat(500)}\nshort\n`, 10)).toEqual([
      { text: 'x'.repeat(100), end: 'too-long' },
      { text: 'short', end: 'line-break' },
    ]);
  });
});

const row = (text: string) => readRow({ text, end: 'line-break' });

describe('readRow', () => {
  it.each([
    ['{"key":"a","response":{"x": 1.50, "y":[]}}', '{"x": 1.50, "y":[]}'],
    ['{"key":"a","response":{"x":1},"metadata":{"y":2}}', '{"x":1}'],
    ['{"response":{"x":1},"key":"a"}', '{"x":1}'],
  ])('takes the response out of %s', (line, body) => {
    expect(row(line)).toMatchObject({ key: 'a', response: { kind: 'received', status: 200, body } });
  });

  it.each([
    [3, 400],
    [5, 404],
    [7, 403],
    [8, 429],
    [1, 503],
    [14, 503],
    [0, 500],
    [99, 500],
  ])('gives code %i of google.rpc the status %i', (code, status) => {
    const response = row(`{"key":"a","error":{"code":${code},"message":"no"}}`)?.response;
    expect(response).toMatchObject({ status });
  });

  it.each(['', 'nonsense', '[]', '{"error":{"code":3}}', '{"key":7,"response":{}}'])(
    'reads no row in %j',
    (text) => {
      expect(row(text)).toBeNull();
    },
  );
});
