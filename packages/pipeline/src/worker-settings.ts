import { createBlobStore } from '@retort/images';
import { openStore } from '@retort/store';
import type { PriceQuote } from '@retort/teacher';
import { z } from 'zod';
import { homePaths } from './home.ts';
import type { PipelineDeps } from './pipeline-deps.ts';

const priceQuoteSchema = z.strictObject({
  inputUsdPerMillion: z.number().min(0),
  outputUsdPerMillion: z.number().min(0),
  origin: z.string(),
}) satisfies z.ZodType<PriceQuote>;

/** What the coordinator tells a worker process. */
export const workerSettingsSchema = z.strictObject({
  home: z.string(),
  homeId: z.string(),
  promptsDir: z.string(),
  cacheDir: z.string(),
  address: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('socket'), path: z.string() }),
    z.strictObject({ kind: z.literal('url'), url: z.string() }),
  ]),
  /** What all workers together may ask of a teacher; null where the user doesn't know. */
  limits: z.strictObject({
    concurrency: z.number().int().min(1),
    requestsPerMinute: z.number().positive().nullable(),
    inputTokensPerMinute: z.number().positive().nullable(),
    requestsPerDay: z.number().int().min(0).nullable(),
  }),
  prepareConcurrency: z.number().int().min(1),
  /** What the user says a call costs: attempts and reservations are counted with the same price. */
  priceOverride: priceQuoteSchema.nullable().default(null),
});
export type WorkerSettings = z.infer<typeof workerSettingsSchema>;

/** Opens a home for the stages. The caller closes the store. */
export function createPipelineDeps(options: {
  readonly home: string;
  readonly promptsDir: string;
  readonly priceOverride?: PriceQuote | null;
}): PipelineDeps {
  const home = homePaths(options.home);
  return {
    home,
    store: openStore(options.home),
    blobs: createBlobStore(home.blobs),
    promptsDir: options.promptsDir,
    priceOverride: options.priceOverride ?? null,
    now: () => new Date(),
  };
}
