import type { Descriptions } from './aspect.ts';
import type { Outcome } from './outcome.ts';

export interface TokenUsage {
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly thinkingTokens: number | null;
}

/** The quota of a minute that a call ran into. */
export interface QuotaHit {
  readonly meter: 'requests' | 'tokens';
  /** Its value a minute, where the service says it. */
  readonly value: number | null;
}

/** What a teacher gives back for one call. Expected failures are outcomes here, never exceptions. */
export interface TeacherResult {
  readonly outcome: Outcome;
  /** The teacher's own word for the end (finishReason, status, quota id), for people. */
  readonly reason: string | null;
  /** Text of the answer as it came; null when there is none. */
  readonly answer: string | null;
  /** Body as received, JSON or not; null when nothing arrived. */
  readonly rawBody: string | null;
  readonly httpStatus: number | null;
  /** Wait that the server asked for, in ms; null when it asked for none. */
  readonly retryAfterMs: number | null;
  readonly modelVersion: string | null;
  readonly responseId: string | null;
  readonly usage: TokenUsage;
  /** When a recording was made, UTC ISO 8601; null for a live answer or an undated recording. */
  readonly recordedAt: string | null;
  /** True when the call broke off and the provider may still charge for it. */
  readonly maybeBilled: boolean;
  /** With `rate-limited`, where the service names it. It is for the limiter, and not stored: the raw body says it. */
  readonly quota?: QuotaHit;
}

/** One call for a request, as the store keeps it. */
export interface Attempt extends TeacherResult {
  readonly requestKey: string;
  /** Counted from 1. */
  readonly number: number;
  readonly startedAt: string;
  readonly finishedAt: string;
  /** Cost in USD; null is an unknown price, 0 is free. */
  readonly costUsd: number | null;
  /** Description parsed from the answer; null when it didn't parse, and for an answer about several aspects. */
  readonly description: string | null;
  /** Those of an answer about several aspects, all of them; null or absent where it is about one or didn't parse. */
  readonly descriptions?: Descriptions | null;
}
