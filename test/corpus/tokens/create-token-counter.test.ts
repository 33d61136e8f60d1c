import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  createTokenCounter,
  createTokenTally,
  findTokenRule,
  type TokenCountCache,
  tokenSharesText,
} from '../../../packages/corpus/src/index.ts';
import { readTokenizer } from '../../../packages/corpus/src/tokens/read-tokenizer.ts';
import type { TextTokenizer } from '../../../packages/corpus/src/tokens/text-tokenizer.ts';
import { temporaryFolder } from '../../fixtures/temporary-folder.ts';
import { writeTinyTokenizer } from './tiny-tokenizer.ts';

const row = (...texts: readonly string[]) => ({
  turns: texts.map((text) => ({ text })),
  width: 512,
  height: 512,
});

/** A token a character, and what it was asked. */
function spelling(): TextTokenizer & { readonly asked: string[] } {
  const asked: string[] = [];
  const count = (text: string) => {
    asked.push(text);
    return text.length;
  };
  return { name: 'spelled', cacheKey: 'spelling', exact: true, count, asked };
}

function memoryCache(): TokenCountCache & { readonly saves: number[] } {
  const kept = new Map<string, number>();
  const saves: number[] = [];
  return {
    saves,
    get: (tokenizer, hash) => kept.get(`${tokenizer} ${hash}`) ?? null,
    save(tokenizer, counts) {
      saves.push(counts.size);
      for (const [hash, tokens] of counts) kept.set(`${tokenizer} ${hash}`, tokens);
    },
  };
}

describe('createTokenCounter', () => {
  it.each([
    // Newline and question 4, answer 3; Llama 3's template 1 + 2 x 5; picture 297.
    ['minicpm-llama3-v-2_5', 297, 4 + 3 + 11 + 297],
    // ChatML 2 x 5, no thought 4.
    ['minicpm-v-4_6', 206, 4 + 3 + 14 + 206],
    // ChatML 2 x 5, the system turn 11.
    ['minicpm-v-2_6', 202, 4 + 3 + 21 + 202],
  ])('adds picture, template and text as the trainer of %s does', (student, image, total) => {
    const counter = createTokenCounter({ rule: findTokenRule(student), tokenizer: spelling(), cache: null });
    expect(counter.count(row('<image>\nWho', 'cat'))).toEqual({ total, image, exact: true });
    expect(counter.name).toBe(`${student}, spelled`);
  });

  it('counts four turns of a real tokenizer', async () => {
    const tokenizer = await readTokenizer(writeTinyTokenizer(join(temporaryFolder(), 'tiny')));
    const rule = findTokenRule('minicpm-llama3-v-2_5');
    const { total, image } = createTokenCounter({ rule, tokenizer, cache: null }).count(
      row('<image>\nthe', 'the cat', 'cat', 'bad'),
    );
    // Newline and `the` 2, `the` `Ġ` `cat` 3, `cat` 1, `b` `a` `d` 3.
    expect(total).toBe(image + 1 + 4 * 5 + 2 + 3 + 1 + 3);
  });

  it('takes the largest picture where no size is known, and none where no picture is', () => {
    const rule = findTokenRule('minicpm-llama3-v-2_5');
    const counter = createTokenCounter({ rule, tokenizer: spelling(), cache: null });
    const unseen = { ...row('<image>\nWho', 'cat'), width: null, height: null };
    expect(counter.count(unseen).image).toBe(rule.mostImageTokens);
    expect(counter.count(row('Who', 'cat')).image).toBe(0);
  });

  it('refuses a student without a rule', () => {
    expect(() => findTokenRule('gpt-2')).toThrow(/gpt-2.*minicpm-v-4_6/);
  });

  it('asks the tokenizer once about a text, in this process and the next', () => {
    const cache = memoryCache();
    const rule = findTokenRule('minicpm-v-4_6');
    const first = spelling();
    const counter = createTokenCounter({ rule, tokenizer: first, cache });
    const counts = [1, 2, 3].map(() => counter.count(row('<image>\nWho', 'cat')));
    counter.flush();
    expect(first.asked).toEqual(['\nWho', 'cat']);
    expect(cache.saves).toEqual([2]);
    const second = spelling();
    const again = createTokenCounter({ rule, tokenizer: second, cache });
    expect([again.count(row('<image>\nWho', 'cat'))]).toEqual(counts.slice(0, 1));
    again.flush();
    expect(second.asked).toEqual([]);
    expect(cache.saves).toEqual([2]);
  });

  it('saves many counts together, while it goes', () => {
    const cache = memoryCache();
    const counter = createTokenCounter({
      rule: findTokenRule('minicpm-v-4_6'),
      tokenizer: spelling(),
      cache,
    });
    for (let i = 0; i < 5_000; i += 1) counter.count(row(`text ${i}`));
    expect(cache.saves).toEqual([2_000, 2_000]);
    counter.flush();
    expect(cache.saves).toEqual([2_000, 2_000, 1_000]);
  });
});

describe('createTokenTally', () => {
  it('counts the rows that each limit cuts', () => {
    const tally = createTokenTally('student');
    for (const total of [5, 512, 513, 1025]) tally.add({ total, image: 0, exact: true });
    const shares = tally.shares();
    expect(shares).toMatchObject({
      rows: 4,
      tokens: 2055,
      longest: 1025,
      exact: true,
      cut: [
        { limit: 512, rows: 2 },
        { limit: 1024, rows: 1 },
        { limit: 2048, rows: 0 },
      ],
    });
    expect(tokenSharesText(shares)).toBe(
      'Of 4 rows a trainer cuts 2 (50.0 %) at 512, 1 (25.0 %) at 1024, 0 (0.0 %) at 2048 tokens; the longest has 1025 (student).',
    );
  });

  it('says when one of the counts was an estimate', () => {
    const tally = createTokenTally('student');
    tally.add({ total: 5, image: 0, exact: true });
    tally.add({ total: 5, image: 0, exact: false });
    expect(tally.shares().exact).toBe(false);
  });
});
