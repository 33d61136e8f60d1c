import { hash } from 'node:crypto';
import type { Double } from './double.ts';
import { chooseEnding, type Ending } from './faults.ts';
import { type Answering, plainReply, spoiltReply } from './generate-reply.ts';
import { htmlReply, type Reply } from './google-errors.ts';
import { drawLatencyMs } from './latency.ts';
import { randomOf } from './random.ts';
import type { GenerateRequest } from './read-request.ts';
import { refusalReply } from './refuse.ts';

export interface AnsweredCall {
  readonly ending: Ending;
  readonly reply: Reply;
  /** How long to wait before it; refusals of the 4xx kind come at once. */
  readonly latencyMs: number;
}

/** Names one request, so that asking it again is seen. */
export function nameOfRequest(model: string, { imageHashes, text, responseSchema }: GenerateRequest): string {
  const structured = responseSchema === null ? '' : JSON.stringify(responseSchema);
  return hash('sha256', [model, ...imageHashes, text, structured].join('\n'), 'base64');
}

/** Decides how a call that was let in ends, by seed, request and turn alone. */
export function answerCall(
  double: Double,
  model: string,
  request: GenerateRequest,
  name: string,
): AnsweredCall {
  const { settings, quota, stats, answers } = double;
  const random = randomOf(settings.seed, name, stats.turnOf(name));
  const ending = chooseEnding(double.faults, random());
  const latency = { medianMs: settings.latencyMs, sigma: settings.latencySigma };
  const latencyMs = drawLatencyMs(latency, random);
  const refusal = refusalReply(ending, {
    model,
    limits: quota.limits,
    retryDelayMs: settings.retryDelayMs,
    random,
  });
  if (refusal !== undefined)
    return { ending, reply: refusal, latencyMs: refusal.status < 500 ? 0 : latencyMs };
  if (ending === 'html') return { ending, reply: htmlReply(200, 'Sign in to the network'), latencyMs };
  const answering: Answering = {
    model,
    modelVersion: settings.modelVersion ?? model,
    responseId: double.nextId(),
    request,
    text: answers(request),
    random,
    hugeBytes: settings.hugeBytes,
  };
  const spoilt = ending === 'plain' ? undefined : spoiltReply(ending, answering);
  return { ending, reply: spoilt ?? plainReply(answering), latencyMs };
}
