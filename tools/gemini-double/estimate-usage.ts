import type { GenerateRequest } from './read-request.ts';

/** Characters a token stands for, roughly (ai.google.dev/gemini-api/docs/tokens, checked 2026-11-23). */
const CHARACTERS_PER_TOKEN = 4;
/** One 768-px tile: models up to 2.5, whose larger images take more; this double looks at no pixels. */
const TILE_TOKENS = 258;
/** Image tokens of 3.x by media resolution; high is taken where none is asked for. */
const RESOLUTION_TOKENS: Readonly<Record<string, number>> = {
  MEDIA_RESOLUTION_LOW: 280,
  MEDIA_RESOLUTION_MEDIUM: 560,
  MEDIA_RESOLUTION_HIGH: 1120,
  MEDIA_RESOLUTION_ULTRA_HIGH: 2240,
};

/** Input tokens, estimated: nobody outside Google can count them. */
export function estimateInputTokens(model: string, request: GenerateRequest): number {
  const eachImage = /^gemini-[12]\b/.test(model)
    ? TILE_TOKENS
    : (RESOLUTION_TOKENS[request.mediaResolution ?? ''] ?? 1120);
  return request.imageHashes.length * eachImage + estimateTextTokens(request.text);
}

/** Tokens of a text, estimated. */
export function estimateTextTokens(text: string): number {
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN);
}

/** The beginning of `text` that is at most `tokens` long, by the same estimate. */
export function cutToTokens(text: string, tokens: number): string {
  return text.slice(0, tokens * CHARACTERS_PER_TOKEN);
}
