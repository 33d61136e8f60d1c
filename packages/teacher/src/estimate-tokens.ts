import type { Price } from './prices.ts';

/** What decides how many tokens a request takes in. */
export interface TokenQuestion {
  readonly model: string;
  /** Of the image as it is sent, in pixels. */
  readonly width: number;
  readonly height: number;
  readonly promptText: string;
  /** Shape of a structured answer: services count it as input. Absent: prose. */
  readonly responseSchema?: unknown;
}

/** Tokens of one tile, and its side in pixels: Gemini up to 2.5 (gemini-protocol.md, "Limits", checked 2026-11-23). */
const TILE_TOKENS = 258;
const TILE_SIDE_PX = 768;

/** Tokens of any image at Gemini 3's default media resolution, `high` (same page; the levels are 280 to 2240). */
const IMAGE_TOKENS_HIGH = 1120;

/** "A token is equivalent to about 4 characters" (ai.google.dev/gemini-api/docs/tokens, checked 2026-11-23). */
const CHARACTERS_PER_TOKEN = 4;

/**
 * Tokens that the dearest model known behind the OpenAI interface bills an image: gpt-4o-mini's base and each 512-px tile
 * (measured: 8,512 tokens for 128 x 64 px and five words, community.openai.com/t/1262691, checked 2026-11-23). Other
 * models there bill less by a factor of up to 30, but a cap has to hold for all of them.
 */
const DEAREST_IMAGE = { baseTokens: 2833, tileTokens: 5667, tileSidePx: 512 } as const;

/** Tokens beside image and text: roles and separators. */
const OVERHEAD_TOKENS = 16;

/** Input tokens that a request will probably take. */
export function estimateTokens(question: TokenQuestion): number {
  return imageTokensOf(question) + Math.ceil(textOf(question).length / CHARACTERS_PER_TOKEN);
}

/** What decides how much a request can cost at most. */
export interface WorstCaseQuestion extends TokenQuestion {
  /** Who is asked; without it the model's name alone decides what an image takes. */
  readonly teacher?: string;
  readonly maxOutputTokens: number;
  readonly price: Price | null;
}

/**
 * USD that a request can cost at most: no tokenizer makes more tokens of a text than it has bytes, and thinking is
 * within the limit of output tokens. Null when the price is unknown.
 */
export function worstCaseCostUsd(request: WorstCaseQuestion): number | null {
  const promptBytes = Buffer.byteLength(textOf(request));
  return worstCaseOfManyUsd({ ...request, requests: 1, promptBytes });
}

function textOf({ promptText, responseSchema }: TokenQuestion): string {
  return responseSchema === undefined ? promptText : promptText + JSON.stringify(responseSchema);
}

/**
 * The same for `requests` of the same model, image size and limit of output tokens, whose prompts have `promptBytes`
 * bytes together.
 */
export function worstCaseOfManyUsd(
  alike: Omit<WorstCaseQuestion, 'promptText'> & { readonly requests: number; readonly promptBytes: number },
): number | null {
  const { price, requests, promptBytes, maxOutputTokens } = alike;
  if (price === null) return null;
  const inputTokens = requests * (mostImageTokensOf(alike) + OVERHEAD_TOKENS) + promptBytes;
  const outputTokens = requests * maxOutputTokens;
  return (inputTokens * price.inputUsdPerMillion + outputTokens * price.outputUsdPerMillion) / 1e6;
}

function mostImageTokensOf(question: Omit<WorstCaseQuestion, 'promptText'>): number {
  if (question.teacher !== 'openai') return imageTokensOf(question);
  const { baseTokens, tileTokens, tileSidePx } = DEAREST_IMAGE;
  const tiles = Math.ceil(question.width / tileSidePx) * Math.ceil(question.height / tileSidePx);
  return baseTokens + tiles * tileTokens;
}

function imageTokensOf({ model, width, height }: Omit<TokenQuestion, 'promptText'>): number {
  if (!/^(models\/)?gemini-[12]\b/.test(model)) return IMAGE_TOKENS_HIGH;
  return Math.ceil(width / TILE_SIDE_PX) * Math.ceil(height / TILE_SIDE_PX) * TILE_TOKENS;
}
