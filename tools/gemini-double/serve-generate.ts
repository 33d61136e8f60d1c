import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerCall, nameOfRequest } from './answer-call.ts';
import { checkCaller, keyOf } from './check-caller.ts';
import { deliver, sendReply } from './deliver.ts';
import type { Double } from './double.ts';
import { estimateInputTokens } from './estimate-usage.ts';
import type { Ending } from './faults.ts';
import { htmlReply, invalidArgument, quotaExceeded, type Reply, type TokenCounts } from './google-errors.ts';
import { readBody } from './read-body.ts';
import { type GenerateRequest, parseWithoutImages, type Read, readRequest } from './read-request.ts';
import { modelNotFound } from './refuse.ts';

interface Outcome {
  readonly name: string;
  readonly status: number | null;
  /** Name of the request that this answers for good. */
  readonly answers?: string;
  readonly usage?: TokenCounts;
}

/** `POST models/{model}:generateContent`. */
export async function serveGenerate(
  double: Double,
  model: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const call = double.stats.arrive(keyOf(request), model, double.now());
  let outcome: Outcome | null = null;
  response.on('close', () => {
    // A status was promised and not kept: the client went before the last byte.
    const kept = outcome !== null && (outcome.status === null || response.writableFinished);
    if (kept && outcome?.answers !== undefined) double.stats.answered(outcome.answers);
    if (kept && outcome !== null) call.end(outcome.name, outcome.status, outcome.usage);
    else call.end('abandoned', null);
  });
  const refuse = (name: string, reply: Reply): void => {
    outcome = { name, status: reply.status };
    sendReply(response, reply);
  };

  const body = await readBody(request, double.settings.maxBodyBytes);
  if (body === null) return refuse('body-too-large', htmlReply(413, 'Request Entity Too Large'));
  const stranger = checkCaller(double, request);
  if (stranger !== null) return refuse('key-refused', stranger);
  if (!double.settings.models.includes(model)) return refuse('model-unknown', modelNotFound(model));
  const read = readBodyOf(body);
  if (!read.ok) return refuse('body-invalid', invalidArgument(read.problem));
  const admission = double.quota.admit(model, estimateInputTokens(model, read.value), double.now());
  if (!admission.admitted) {
    const { violated, retryDelayMs } = admission;
    return refuse(
      `quota:${violated.join('+')}`,
      quotaExceeded(model, violated, double.quota.limits, retryDelayMs),
    );
  }

  const name = nameOfRequest(model, read.value);
  const { ending, reply, latencyMs } = answerCall(double, model, read.value, name);
  const send = (): void => {
    if (response.destroyed) return;
    const status = ends(ending) ? null : reply.status;
    outcome = {
      name: ending,
      status,
      ...(ending === 'plain' || ending === 'drip' ? { answers: name } : {}),
      ...(status === null || reply.usage === undefined ? {} : { usage: reply.usage }),
    };
    deliver(response, ending, reply, double.settings.dripMs);
  };
  if (latencyMs < 1) return send();
  const timer = setTimeout(send, latencyMs);
  response.on('close', () => clearTimeout(timer));
}

/** Endings in which the client gets no whole answer. */
function ends(ending: Ending): boolean {
  return ending === 'silence' || ending === 'disconnect' || ending === 'half-answer';
}

function readBodyOf(body: Buffer): Read<GenerateRequest> {
  try {
    return readRequest(parseWithoutImages(body));
  } catch {
    return { ok: false, problem: 'Invalid JSON payload received. Unexpected token.' };
  }
}
