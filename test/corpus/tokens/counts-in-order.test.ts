import { describe, expect, it } from 'vitest';
import {
  countsInOrder,
  createTokenCounter,
  findTokenRule,
  type SequenceCountCache,
} from '../../../packages/corpus/src/index.ts';

const rowOf = (text: string, width: number) => ({ turns: [{ text }], width, height: 512 });
const ROWS = Array.from({ length: 5_000 }, (_, i) =>
  rowOf(`<image>\n${'x'.repeat(i % 37)}`, 300 + (i % 900)),
);

/** Counts rows by their texts' length, and how often it was asked. */
function counterOf(cacheKey = 'spelling') {
  const asked: string[] = [];
  const count = (text: string) => {
    asked.push(text);
    return text.length;
  };
  const tokenizer = { name: 'spelled', cacheKey, exact: true, count };
  const rule = findTokenRule('minicpm-llama3-v-2_5');
  return { counter: createTokenCounter({ rule, tokenizer, cache: null }), asked };
}

function memoryCache(): SequenceCountCache {
  const kept = new Map<string, Uint32Array>();
  return { get: (key) => kept.get(key) ?? null, save: (key, counts) => kept.set(key, counts) };
}

describe('countsInOrder', () => {
  it('gives the second time what it gave the first, without a look at a text', () => {
    const cache = memoryCache();
    const first = countsInOrder(counterOf().counter, 'rows', cache);
    const counts = ROWS.map((row) => first.count(row));
    first.finish();
    const { counter, asked } = counterOf();
    const second = countsInOrder(counter, 'rows', cache);
    expect(ROWS.map((row) => second.count(row))).toEqual(counts);
    expect(asked).toEqual([]);
    expect(counts).toEqual(ROWS.map((row) => counter.count(row)));
  });

  it('counts anew for other rows, for another vocabulary, and after a pass that never ended', () => {
    const cache = memoryCache();
    const unfinished = countsInOrder(counterOf().counter, 'rows', cache);
    for (const row of ROWS.slice(0, 10)) unfinished.count(row);
    const finished = countsInOrder(counterOf().counter, 'other rows', cache);
    for (const row of ROWS) finished.count(row);
    finished.finish();
    for (const [vocabulary, key] of [
      ['spelling', 'rows'],
      ['other words', 'other rows'],
    ] as const) {
      const { counter, asked } = counterOf(vocabulary);
      countsInOrder(counter, key, cache).count(rowOf('a text', 512));
      expect(asked).toEqual(['a text']);
    }
  });

  it('refuses more rows than there were', () => {
    const cache = memoryCache();
    const first = countsInOrder(counterOf().counter, 'rows', cache);
    first.count(rowOf('a', 512));
    first.finish();
    const second = countsInOrder(counterOf().counter, 'rows', cache);
    second.count(rowOf('a', 512));
    expect(() => second.count(rowOf('b', 512))).toThrow(RangeError);
  });
});
