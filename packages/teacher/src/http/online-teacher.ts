import { aspectsAsked, type TeacherRequest, type TeacherResult } from '@retort/schema';
import { parseAnswer } from '../parse-answer.ts';
import type { AskDeps, Teacher } from '../teacher.ts';
import { TeacherOptionError } from '../teacher-errors.ts';
import type { ClassifyDeps } from './classify-response.ts';
import { removeKey } from './secret-key.ts';
import type { ClassifiedOutcome, TeacherResponse } from './teacher-response.ts';
import { withDeadline } from './with-deadline.ts';

/** What a service behind HTTP brings along; deadline, key removal and the listing are the same for all. */
export interface OnlineService {
  readonly name: string;
  readonly model: string;
  /** Address of the service. Its limits are a project's and a model's, so that keys of one project share them. */
  readonly baseUrl: string;
  /** Taken out of everything that comes back; null when there is none. */
  readonly apiKey: string | null;
  /** For a whole call, from the connection to the last byte. */
  readonly timeoutMs: number;
  readonly now: () => Date;
  /** @throws TeacherOptionError for a name that no model can have */
  checkModel(model: string): void;
  call(request: TeacherRequest, image: Uint8Array, signal: AbortSignal): Promise<TeacherResponse>;
  /** Pure. */
  classify(response: TeacherResponse, deps: ClassifyDeps): ClassifiedOutcome;
  /** Sorted; null when the listing doesn't answer. */
  listModels(signal: AbortSignal): Promise<readonly string[] | null>;
  /** True for a result that may be about the model's name without saying so: a `listing` that lacks it then decides. */
  mayLackModel?(result: TeacherResult, request: TeacherRequest): boolean;
}

/** The listing only completes an error message, so it isn't waited for long. */
const LISTING_TIMEOUT_MS = 10_000;

/** Characters kept of a body that broke off or was too long. */
const MAX_PARTIAL_LENGTH = 64 * 1024;

/** A teacher over the network, a call an `ask`. Needs no `close`: nothing is kept between calls but idle sockets. */
export function createOnlineTeacher(service: OnlineService): Teacher {
  const { name, model, apiKey, timeoutMs } = service;
  service.checkModel(model);
  if (!(timeoutMs > 0)) throw new TeacherOptionError(`The timeout is more than 0 ms, not ${timeoutMs}.`);
  const listOnce = createListing(service);
  return {
    name,
    model,
    quotaScope: JSON.stringify([name, service.baseUrl, model]),
    async ask(request, deps) {
      deps.signal.throwIfAborted();
      service.checkModel(request.model);
      const image = await deps.readImage();
      deps.signal.throwIfAborted();
      const response = await withDeadline(deps.signal, timeoutMs, (signal) =>
        service.call(request, image, signal),
      );
      const safe = apiKey === null ? response : withoutKey(response, apiKey);
      const result = resultOf(service, safe, request, deps);
      if (result.outcome === 'no-such-model') {
        return withModels(result, request, await listOnce(deps.signal));
      }
      if (service.mayLackModel?.(result, request) !== true) return result;
      const models = await listOnce(deps.signal);
      return models !== null && lacks(models, request.model) ? withModels(result, request, models) : result;
    },
    listModels: async (signal) =>
      (await withDeadline(signal, timeoutMs, (inner) => service.listModels(inner))) ?? [],
  };
}

function resultOf(
  service: OnlineService,
  response: TeacherResponse,
  request: TeacherRequest,
  { parserName = 'description' }: AskDeps,
): TeacherResult {
  const parse = (answer: string) => parseAnswer(parserName, answer, aspectsAsked(request));
  return {
    ...service.classify(response, { now: service.now(), parse }),
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

/** A pattern in the list (LiteLLM's `openai/*`) could be any name; Ollama lists `llava` as `llava:latest`. */
function lacks(models: readonly string[], model: string): boolean {
  if (models.length === 0 || models.some((name) => name.includes('*'))) return false;
  return !models.includes(model) && !models.includes(`${model}:latest`);
}

function withModels(
  result: TeacherResult,
  { model }: TeacherRequest,
  models: readonly string[] | null,
): TeacherResult {
  const known = models === null ? '' : `; there are: ${models.join(', ')}`;
  const reason = `No model ${model} (${result.reason ?? 'no reason given'})${known}`;
  return { ...result, outcome: 'no-such-model', retryAfterMs: null, reason };
}

/** Asks for the list at most once, however many calls find their model missing at the same time. */
function createListing(service: OnlineService): (signal: AbortSignal) => Promise<readonly string[] | null> {
  let listing: Promise<readonly string[] | null> | undefined;
  return (signal) => {
    listing ??= withDeadline(signal, LISTING_TIMEOUT_MS, (inner) => service.listModels(inner));
    return listing;
  };
}
