import { describe, expect, it } from 'vitest';
import {
  createTokenCounter,
  createTooLong,
  findTokenRule,
  findTooLong,
} from '../../../packages/corpus/src/index.ts';
import { buildRow } from '../build-row.ts';

const count = (total: number, image = 297, exact = true) => ({ total, image, exact });

describe('findTooLong', () => {
  it('lets a row of the limit pass and finds one token more', () => {
    expect(findTooLong(count(2048))).toBeNull();
    expect(findTooLong(count(2049))).toBe("2049 tokens, 297 of them the picture's, where 2048 fit");
    expect(findTooLong(count(513), 512)).not.toBeNull();
  });

  it('says when the picture alone is too large, and when text was estimated', () => {
    expect(findTooLong(count(800, 689), 512)).toBe('its picture alone takes 689 of 512 tokens');
    expect(findTooLong(count(600, 297, false), 512)).toContain('600 tokens (estimated)');
  });
});

describe('createTooLong', () => {
  const check = (exact: boolean) => {
    const tokenizer = {
      name: 'a word each',
      cacheKey: null,
      exact,
      count: (text: string) => text.split(' ').length,
    };
    const rule = findTokenRule('minicpm-llama3-v-2_5');
    const run = createTooLong(createTokenCounter({ rule, tokenizer, cache: null }), 512).start({
      splitBy: null,
    });
    for (const [name, words] of [
      ['short.jpg', 10],
      ['long.jpg', 400],
    ] as const) {
      const { turns } = buildRow();
      const long = turns.map((turn, i) => (i === 1 ? { ...turn, text: 'word '.repeat(words) } : turn));
      run.see({ id: name, row: buildRow({ turns: long }, name) });
    }
    return run.finish();
  };

  it('lists the rows that a trainer would cut', () => {
    expect(check(true)).toMatchObject([
      {
        code: 'too-long',
        severity: 'error',
        rows: ['long.jpg'],
        rowCount: 1,
        evidence: expect.stringContaining('512'),
      },
    ]);
  });

  it('is no more than a warning where text was estimated', () => {
    expect(check(false)).toMatchObject([{ severity: 'warning' }]);
  });
});
