import type { TeacherRequest, TeacherResult } from '@retort/schema';
import { parseAnswer } from '../parse-answer.ts';
import type { AskDeps, Teacher } from '../teacher.ts';
import { TeacherOptionError } from '../teacher-errors.ts';
import { callGemini, type GeminiConnection } from './call-gemini.ts';
import { classifyOutcome } from './classify-outcome.ts';
import { checkModelName, GEMINI_BASE_URL, normaliseBaseUrl } from './gemini-address.ts';
import { checkGeminiKey, removeKey } from './gemini-key.ts';
import { listGeminiModels } from './list-gemini-models.ts';
import type { TeacherResponse } from './teacher-response.ts';
import { withDeadline } from './with-deadline.ts';

export interface GeminiOptions {
  /** From `resolveGeminiKey`. It appears in no result, error or log. */
  readonly apiKey: string;
  readonly model: string;
  /** From `resolveGeminiBaseUrl`; Google's own if absent. */
  readonly baseUrl?: string;
  /** For a whole call, from the connection to the last byte; two minutes if absent. */
  readonly timeoutMs?: number;
  /** For dates in Retry-After. */
  readonly now?: () => Date;
}

const DEFAULT_TIMEOUT_MS = 120_000;

/** The listing only completes an error message, so it isn't waited for long. */
const LISTING_TIMEOUT_MS = 10_000;

/** Characters kept of a body that broke off or was too long. */
const MAX_PARTIAL_LENGTH = 64 * 1024;

/**
 * Gemini over the network, a call an `ask`. Needs no `close`: nothing is kept between calls but idle sockets.
 *
 * @throws TeacherKeyError, TeacherOptionError for what can't work, before any call
 */
export async function createGeminiTeacher(options: GeminiOptions): Promise<Teacher> {
  const {
    apiKey,
    model,
    baseUrl = GEMINI_BASE_URL,
    timeoutMs = DEFAULT_TIMEOUT_MS,
    now = () => new Date(),
  } = options;
  checkGeminiKey(apiKey, 'The key for gemini');
  checkModelName(model);
  if (!(timeoutMs > 0)) throw new TeacherOptionError(`The timeout is more than 0 ms, not ${timeoutMs}.`);
  const connection: GeminiConnection = { apiKey, model, baseUrl: normaliseBaseUrl(baseUrl) };
  const listOnce = createListing(connection);
  return {
    name: 'gemini',
    model,
    async ask(request, deps) {
      deps.signal.throwIfAborted();
      checkModelName(request.model);
      const image = await deps.readImage();
      deps.signal.throwIfAborted();
      const response = await withDeadline(deps.signal, timeoutMs, (signal) =>
        callGemini({ ...connection, model: request.model }, request, image, signal),
      );
      const result = resultOf(withoutKey(response, apiKey), deps, now());
      return result.outcome === 'no-such-model'
        ? withModels(result, request, await listOnce(deps.signal))
        : result;
    },
    listModels: async (signal) =>
      (await withDeadline(signal, timeoutMs, (inner) => listGeminiModels(connection, inner))) ?? [],
  };
}

function resultOf(
  response: TeacherResponse,
  { parserName = 'description' }: AskDeps,
  now: Date,
): TeacherResult {
  const parse = (answer: string) => parseAnswer(parserName, answer);
  return {
    ...classifyOutcome(response, { now, parse }),
    rawBody: response.kind === 'received' ? response.body : response.partialBody,
    httpStatus: response.status,
    recordedAt: null,
  };
}

/** The key goes before anything is read from the response, so that nothing read from it can hold it. */
function withoutKey(response: TeacherResponse, apiKey: string): TeacherResponse {
  if (response.kind === 'received') return { ...response, body: removeKey(response.body, apiKey) };
  const { cause, partialBody } = response;
  return {
    ...response,
    cause: removeKey(cause, apiKey),
    partialBody: partialBody === null ? null : removeKey(partialBody, apiKey).slice(0, MAX_PARTIAL_LENGTH),
  };
}

function withModels(
  result: TeacherResult,
  { model }: TeacherRequest,
  models: readonly string[] | null,
): TeacherResult {
  const known = models === null ? '' : `; there are: ${models.join(', ')}`;
  return { ...result, reason: `No model ${model} (${result.reason ?? 'no reason given'})${known}` };
}

/** Asks for the list at most once, however many calls find their model missing at the same time. */
function createListing(
  connection: GeminiConnection,
): (signal: AbortSignal) => Promise<readonly string[] | null> {
  let listing: Promise<readonly string[] | null> | undefined;
  return (signal) => {
    listing ??= withDeadline(signal, LISTING_TIMEOUT_MS, (inner) => listGeminiModels(connection, inner));
    return listing;
  };
}
