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

/** Tokens beside image and text: roles and separators. */
const OVERHEAD_TOKENS = 16;

/** Input tokens that a request will probably take. */
export function estimateTokens(question: TokenQuestion): number {
  return imageTokensOf(question) + Math.ceil(textOf(question).length / CHARACTERS_PER_TOKEN);
}

/**
 * USD that a request can cost at most: no tokenizer makes more tokens of a text than it has bytes, and thinking is
 * within the limit of output tokens. Null when the price is unknown.
 */
export function worstCaseCostUsd(
  request: TokenQuestion & { readonly maxOutputTokens: number; readonly price: Price | null },
): number | null {
  if (request.price === null) return null;
  const inputTokens = imageTokensOf(request) + Buffer.byteLength(textOf(request)) + OVERHEAD_TOKENS;
  const { inputUsdPerMillion, outputUsdPerMillion } = request.price;
  return (inputTokens * inputUsdPerMillion + request.maxOutputTokens * outputUsdPerMillion) / 1e6;
}

function textOf({ promptText, responseSchema }: TokenQuestion): string {
  return responseSchema === undefined ? promptText : promptText + JSON.stringify(responseSchema);
}

function imageTokensOf({ model, width, height }: TokenQuestion): number {
  if (!/^(models\/)?gemini-[12]\b/.test(model)) return IMAGE_TOKENS_HIGH;
  return Math.ceil(width / TILE_SIDE_PX) * Math.ceil(height / TILE_SIDE_PX) * TILE_TOKENS;
}
