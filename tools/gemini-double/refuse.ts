import type { Ending } from './faults.ts';
import {
  errorReply,
  htmlReply,
  invalidArgument,
  keyInvalid,
  notFound,
  permissionDenied,
  quotaExceeded,
  type Reply,
} from './google-errors.ts';
import type { QuotaLimits } from './quota.ts';
import { pick, type Random } from './random.ts';

export interface Refusing {
  readonly model: string;
  readonly limits: QuotaLimits;
  readonly retryDelayMs: number;
  readonly random: Random;
}

/** Seconds that a proxy's Retry-After names, rounded up: it takes whole ones only. */
const wholeSeconds = (ms: number): string => String(Math.ceil(ms / 1000));

/** The answer to a call that isn't served, or undefined for endings that aren't refusals. */
export function refusalReply(ending: Ending, refusing: Refusing): Reply | undefined {
  const { model, limits, retryDelayMs, random } = refusing;
  switch (ending) {
    case 'rate-limited':
      return quotaExceeded(model, ['requestsPerMinute'], limits, retryDelayMs);
    case 'rate-limited-silent':
      return quotaExceeded(model, ['requestsPerMinute'], limits, null);
    case 'rate-limited-header':
      return htmlReply(429, 'Too Many Requests', { 'retry-after': wholeSeconds(retryDelayMs) });
    case 'quota-day':
      return quotaExceeded(model, ['requestsPerDay'], limits, retryDelayMs);
    case 'credits':
      return errorReply(402, 'RESOURCE_EXHAUSTED', 'Your prepayment credits are depleted.');
    case 'invalid':
      return invalidArgument('Provided image is not valid.');
    case 'too-large':
      return htmlReply(413, 'Request Entity Too Large');
    case 'bad-key':
      return keyInvalid();
    case 'denied':
      return pick([unauthenticated, permissionDenied], random)();
    case 'no-such-model':
      return modelNotFound(model);
    case 'unavailable':
      return pick(UNAVAILABLE, random)();
    default:
      return undefined;
  }
}

export function modelNotFound(model: string): Reply {
  return notFound(
    `models/${model} is not found for API version v1beta, or is not supported for generateContent. Call ListModels to see the list of available models and their supported methods.`,
  );
}

function unauthenticated(): Reply {
  return errorReply(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.');
}

const UNAVAILABLE: readonly [() => Reply, ...(() => Reply)[]] = [
  () => errorReply(503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.'),
  () => errorReply(500, 'INTERNAL', 'An internal error has occurred. Please retry.'),
  () => errorReply(504, 'DEADLINE_EXCEEDED', 'The request timed out. Please try again.'),
  () => htmlReply(502, 'Bad Gateway'),
];
