import type { QuotaHit } from '@retort/schema';
import { z } from 'zod';
import { readJson } from '../http/read-json.ts';
import { tokenCount } from '../http/token-count.ts';

/**
 * Gemini's JSON, of which only what we use is looked at: a member of another type than expected counts as absent,
 * and unknown members are no business of ours.
 */
const text = z.string().nullish().catch(null);

/** A quota of a minute above this is no limit that any call could meet. */
const MAX_MINUTE_QUOTA = 1_000_000_000_000;

const partSchema = z.object({ text, thought: z.boolean().nullish().catch(null) });

const candidateSchema = z.object({
  content: z.object({ parts: z.array(partSchema).nullish() }).nullish(),
  finishReason: text,
  finishMessage: text,
});

const answerBodySchema = z.object({
  candidates: z.array(candidateSchema).nullish(),
  promptFeedback: z.object({ blockReason: text, blockReasonMessage: text }).nullish(),
  usageMetadata: z
    .object({
      promptTokenCount: tokenCount,
      candidatesTokenCount: tokenCount,
      thoughtsTokenCount: tokenCount,
    })
    .nullish()
    .catch(null),
  modelVersion: text,
  responseId: text,
});

const violationSchema = z.object({
  quotaId: text,
  quotaValue: z.union([z.string(), z.number()]).nullish().catch(null),
});

const detailSchema = z.object({
  reason: text,
  retryDelay: text,
  violations: z.array(violationSchema).nullish().catch(null),
});

const errorBodySchema = z.object({
  error: z.object({
    message: text,
    status: text,
    details: z.array(detailSchema).nullish().catch(null),
  }),
});

type Violation = z.infer<typeof violationSchema>;
export type AnswerBody = z.infer<typeof answerBodySchema>;
export type Candidate = z.infer<typeof candidateSchema>;

/** What a Google error says, wherever in its details it says it. */
export interface ErrorFacts {
  /** `INVALID_ARGUMENT`, `RESOURCE_EXHAUSTED` … */
  readonly status: string | null;
  readonly message: string | null;
  /** Of ErrorInfo: `API_KEY_INVALID` … */
  readonly reasons: readonly string[];
  /** Of RetryInfo: `36s`. */
  readonly retryDelay: string | null;
  /** Of QuotaFailure. */
  readonly quotaIds: readonly string[];
  /** Of QuotaFailure: the quota of a minute that was hit. */
  readonly quota: QuotaHit | null;
}

/** Null when the body isn't JSON of an answer's shape. */
export function readAnswerBody(body: string): AnswerBody | null {
  return answerBodySchema.safeParse(readJson(body)).data ?? null;
}

/** Null when the body isn't Google's error JSON. */
export function readErrorBody(body: string): ErrorFacts | null {
  const error = errorBodySchema.safeParse(readJson(body)).data?.error;
  if (error === undefined) return null;
  const details = error.details ?? [];
  const violations = details.flatMap((detail) => detail.violations ?? []);
  return {
    status: error.status ?? null,
    message: error.message ?? null,
    reasons: details.flatMap(({ reason }) => reason ?? []),
    retryDelay: details.find(({ retryDelay }) => typeof retryDelay === 'string')?.retryDelay ?? null,
    quotaIds: violations.flatMap(({ quotaId }) => quotaId ?? []),
    quota: minuteQuotaOf(violations),
  };
}

/** Quota ids say what they count and over which time: GenerateContentInputTokensPerModelPerMinute, for example. */
function minuteQuotaOf(violations: readonly Violation[]): QuotaHit | null {
  const hit = violations.find(({ quotaId }) => quotaId?.includes('PerMinute'));
  if (hit === undefined) return null;
  const value = Number(hit.quotaValue ?? Number.NaN);
  const isQuota = value >= 1 && value <= MAX_MINUTE_QUOTA;
  return { meter: hit.quotaId?.includes('Token') ? 'tokens' : 'requests', value: isQuota ? value : null };
}

/** Text of the answer: all parts joined, without the model's thoughts; null when there is no part with text. */
export function answerTextOf(candidate: Candidate): string | null {
  const parts = (candidate.content?.parts ?? []).filter((part) => part.thought !== true);
  const texts = parts.flatMap((part) => part.text ?? []);
  return texts.length === 0 ? null : texts.join('');
}
