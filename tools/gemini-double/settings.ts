import { z } from 'zod';
import { FAULT_NAMES, type FaultRates } from './faults.ts';
import { WINDOW_KINDS } from './quota.ts';

const limit = z.int().min(1).nullable();
/** A day: Node's timers take no more than 24.8 of them. */
const duration = z.number().min(0).max(86_400_000);
const rate = z.number().min(0).max(1);

/** Limits as `PUT /control/limits` takes them; null lifts one, a missing one stays. */
export const limitsSchema = z.strictObject({
  requests_per_minute: limit.optional(),
  input_tokens_per_minute: limit.optional(),
  requests_per_day: limit.optional(),
});

/** Rates of faults, together at most 1. */
export const faultRatesSchema = z
  .partialRecord(z.enum(FAULT_NAMES), rate)
  .refine((rates: FaultRates) => Object.values(rates).reduce((sum, each) => sum + each, 0) <= 1 + 1e-9, {
    message: 'the rates of all faults add up to more than 1',
  });

/** Everything about how the double behaves. Milliseconds and bytes; null is no limit. */
export const settingsSchema = z.strictObject({
  seed: z.int().min(0),
  latencyMs: duration,
  latencySigma: z.number().min(0).max(3),
  requestsPerMinute: limit,
  inputTokensPerMinute: limit,
  requestsPerDay: limit,
  window: z.enum(WINDOW_KINDS),
  faults: faultRatesSchema,
  /** Of the faults that name a delay; a quota that is really used up names its own. */
  retryDelayMs: duration.min(1),
  dripMs: duration,
  hugeBytes: z.int().min(1).max(500_000_000),
  /** A larger body is a 413. */
  maxBodyBytes: z.int().min(1_000).max(1_000_000_000),
  /** Keys that are let in; null lets in every one. */
  keys: z.array(z.string().min(1)).min(1).nullable(),
  models: z.array(z.string().regex(/^[\w.-]+$/, 'no model name')).min(1),
  /** Null: the model that was asked for. */
  modelVersion: z.string().min(1).nullable(),
  batchWaitMs: duration,
  batchRunMs: duration,
  batchExpiryMs: z.number().min(1).max(172_800_000),
  cancelMs: duration,
  /** Share of batch jobs that fail as a whole. */
  batchFailRate: rate,
});

export type Settings = z.infer<typeof settingsSchema>;

/** Without limits, faults and waiting. */
export const DEFAULT_SETTINGS: Settings = {
  seed: 1,
  latencyMs: 0,
  latencySigma: 0,
  requestsPerMinute: null,
  inputTokensPerMinute: null,
  requestsPerDay: null,
  window: 'fixed',
  faults: {},
  retryDelayMs: 2_000,
  dripMs: 5_000,
  hugeBytes: 50_000_000,
  maxBodyBytes: 20_000_000,
  keys: null,
  models: [
    'gemini-3.8-flash',
    'gemini-3.5-flash',
    'gemini-3.1-flash-lite',
    'gemini-4-argon',
    'gemini-4-carbon',
    'gemini-2.5-pro',
    'gemini-2.5-flash',
  ],
  modelVersion: null,
  batchWaitMs: 1_000,
  batchRunMs: 2_000,
  batchExpiryMs: 172_800_000,
  cancelMs: 500,
  batchFailRate: 0,
};
