import { describe, expect, it } from 'vitest';
import { findTooLong } from '../../../packages/corpus/src/audit/checks/too-long.ts';
import { audit, auditRowOf, createTokenCounter, findTokenRule } from '../../../packages/corpus/src/index.ts';
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

describe('tooLong', () => {
  const auditOf = (exact: boolean) => {
    const tokenizer = {
      name: 'a word each',
      cacheKey: null,
      exact,
      count: (text: string) => text.split(' ').length,
    };
    const rule = findTokenRule('minicpm-llama3-v-2_5');
    const rows = (
      [
        ['short.jpg', 10],
        ['long.jpg', 400],
      ] as const
    ).map(([name, words]) => {
      const { turns } = buildRow();
      const long = turns.map((turn, i) => (i === 1 ? { ...turn, text: 'word '.repeat(words) } : turn));
      return auditRowOf(buildRow({ turns: long }, name));
    });
    const tokenCounter = createTokenCounter({ rule, tokenizer, cache: null });
    return audit(rows, { splitBy: null, tokenCounter, maxTokens: 512 });
  };
  const found = async (exact: boolean) =>
    (await auditOf(exact)).findings.filter(({ code }) => code === 'too-long');

  it('lists the rows that a trainer would cut', async () => {
    expect(await found(true)).toMatchObject([
      {
        severity: 'error',
        rows: ['made-up/quality/long.jpg'],
        rowCount: 1,
        evidence: expect.stringContaining('512'),
      },
    ]);
  });

  it('is no more than a warning where text was estimated', async () => {
    expect(await found(false)).toMatchObject([{ severity: 'warning' }]);
  });

  it('says nothing where nobody counts', async () => {
    const { findings } = await audit([auditRowOf(buildRow())]);
    expect(findings.map(({ code }) => code)).not.toContain('too-long');
  });
});
