import { IMAGE_TOKEN } from '../control-tokens.ts';
import { cachedTokenizer, type TokenCountCache } from './cached-tokenizer.ts';
import type { TextTokenizer } from './text-tokenizer.ts';
import type { TokenCount, TokenCounter } from './token-counter.ts';
import type { TokenRule } from './token-rule.ts';

export interface TokenCounterOptions {
  readonly rule: TokenRule;
  readonly tokenizer: TextTokenizer;
  /** Keeps counts between runs; null keeps them in memory only. */
  readonly cache: TokenCountCache | null;
}

/** A counter that keeps what it counted. */
export interface KeepingTokenCounter extends TokenCounter {
  /** Equal keys give equal counts. */
  readonly key: string;
  /** Saves the counts made since; call it when the rows are through. */
  flush(): void;
}

/** Raised when a slicing rule, a chat template's tokens or the estimate of text changes. */
const COUNTING_VERSION = 'v1';

/** Counts rows as a student's trainer does: its slicing rule, its chat template, its vocabulary. */
export function createTokenCounter({ rule, tokenizer, cache }: TokenCounterOptions): KeepingTokenCounter {
  const text = cachedTokenizer(tokenizer, cache);
  return {
    name: `${rule.student}, ${tokenizer.name}`,
    key: `${COUNTING_VERSION} ${rule.student} ${tokenizer.cacheKey ?? tokenizer.name}`,
    exact: tokenizer.exact,
    flush: text.flush,
    count({ turns, width, height }): TokenCount {
      const isPictured = turns.some((turn) => turn.text.includes(IMAGE_TOKEN));
      const image = isPictured ? imageTokens(rule, width, height) : 0;
      let words = 0;
      for (const turn of turns) words += text.count(plainText(turn.text));
      return { total: rule.templateTokens(turns.length) + image + words, image, exact: tokenizer.exact };
    },
  };
}

function imageTokens(rule: TokenRule, width: number | null, height: number | null): number {
  return width === null || height === null ? rule.mostImageTokens : rule.imageTokens({ width, height });
}

/** A turn's text without the place of the picture, whose tokens are counted by the slicing rule; its newline stays. */
function plainText(text: string): string {
  return text.startsWith(IMAGE_TOKEN) ? text.slice(IMAGE_TOKEN.length) : text.replace(IMAGE_TOKEN, '');
}
