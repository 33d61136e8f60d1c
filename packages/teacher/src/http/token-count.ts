import { z } from 'zod';

/** Tokens of one call above this are a slip, for no model reads as many; sums of them stay safe integers. */
const MAX_TOKENS = 1_000_000_000;

/** A number of tokens as a service tells it; absent when it can't be one (a fraction, below 0, absurdly large). */
export const tokenCount = z.number().int().min(0).max(MAX_TOKENS).nullish().catch(null);
