import { z } from 'zod';

/** What a teacher may be asked, as its user knows it; null where it isn't known. */
export interface CallLimits {
  /** Calls at once. */
  readonly concurrency: number;
  readonly requestsPerMinute: number | null;
  readonly inputTokensPerMinute: number | null;
  readonly requestsPerDay: number | null;
}

/** How a call ended, as far as the limiter cares. */
export const CALL_ENDS = ['answered', 'refused', 'overloaded', 'broken', 'other', 'unsent'] as const;
export type CallEndKind = (typeof CALL_ENDS)[number];

export interface CallEnd {
  /**
   * `answered`: the service took it; `refused`: over a quota (429); `overloaded`: it can't now (5xx); `broken`: no answer, or half
   * of one; `unsent`: certainly never made; `other`: anything that says nothing about limits.
   */
  readonly end: CallEndKind;
  /** Input tokens that it took; null when nobody said, and the estimate stands. */
  readonly usedTokens: number | null;
  /** Wait that the service asked for, in ms; null when it asked for none. All processes keep it. */
  readonly delayMs: number | null;
  /** Which quota of a minute refused it; null when it wasn't named. */
  readonly meter: 'requests' | 'tokens' | null;
  /** The value of that quota where the service said it. */
  readonly quota: number | null;
}

/** A call that wants to be made. */
export interface WaitingCall {
  /** Unique among calls under way. */
  readonly id: string;
  /** Input tokens that it will probably take. */
  readonly tokens: number;
}

/** A call that may be made. */
export interface GrantedCall extends WaitingCall {
  /** Clock of the queue server, ms. */
  readonly grantedAt: number;
}

/** One question to exchange.lua. Absent members are nil there. */
export interface ExchangeQuestion {
  readonly process: string;
  /** Of this process, counted from 1: one that is sent again has the same. */
  readonly number: number;
  /** Calls of this process under way, those of `ended` no longer counted. */
  readonly inFlight: number;
  readonly limits: CallLimits;
  /** The day whose requests a daily quota counts. */
  readonly day: string;
  /** Requests of that day so far: given when the queue server asked for it. */
  readonly dayCount?: number;
  /** Time to reckon with, ms; absent for the queue server's own clock, which all processes share. */
  readonly now?: number;
  readonly ended: readonly EndedCall[];
  /** Ids of calls whose end is stored. */
  readonly settled: readonly string[];
  readonly waiting: readonly WaitingCall[];
}

export type EndedCall = GrantedCall & {
  readonly end: CallEndKind;
  readonly usedTokens?: number;
  readonly delayMs?: number;
  readonly meter?: 'requests' | 'tokens';
  readonly quota?: number;
};

const grantedSchema = z.object({
  kind: z.literal('granted'),
  /** Those of `waiting` that may go. */
  granted: z.array(z.string()).default([]),
  /** Those that another process was let make before, and that aren't settled: they are dead, or asleep with it. */
  taken: z.array(z.string()).default([]),
  now: z.number(),
  /** What keeps the next one. */
  why: z.enum(['server', 'concurrency', 'day', 'pace', 'silence']).optional(),
  waitMs: z.number().optional(),
  inFlight: z.number(),
  concurrency: z.number(),
  requestsPerMinute: z.number().optional(),
  inputTokensPerMinute: z.number().optional(),
});
export type Granted = z.infer<typeof grantedSchema>;

/** exchange.lua's answer. */
export const exchangeAnswerSchema = z.discriminatedUnion('kind', [
  grantedSchema,
  /** The queue server doesn't know how many requests the day has seen (it is new, or was wiped). */
  z.object({ kind: z.literal('day-count-needed') }),
]);
export type ExchangeAnswer = z.infer<typeof exchangeAnswerSchema>;

/** A call that ended, without the members that nobody knows. */
export function endedCall(call: GrantedCall, { end, usedTokens, delayMs, meter, quota }: CallEnd): EndedCall {
  return {
    ...call,
    end,
    ...(usedTokens === null ? {} : { usedTokens }),
    ...(delayMs === null ? {} : { delayMs }),
    ...(meter === null ? {} : { meter }),
    ...(quota === null ? {} : { quota }),
  };
}
