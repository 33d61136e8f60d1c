import {
  type ClassifyDeps,
  classifyBroken,
  classifyText,
  classifyUnreadable,
} from '../http/classify-response.ts';
import { type ClassifiedOutcome, NOTHING_KNOWN, type TeacherResponse } from '../http/teacher-response.ts';
import { classifyOpenaiError } from './classify-openai-error.ts';
import { type AnswerBody, answerTextOf, readAnswerBody, readErrorBody, tokenUsageOf } from './openai-body.ts';

/**
 * Sorts one response of `chat/completions` into the closed set of outcomes. Pure: what to do about it is `decideNext`'s.
 *
 * @returns the outcome; `retryAfterMs` in ms, may be fractional: always with `rate-limited` (60,000 if none was given),
 *   with `unavailable` if a header gave one
 * @throws never: a body that can't be read is `network`, because that call may have been billed
 */
export function classifyChat(response: TeacherResponse, deps: ClassifyDeps): ClassifiedOutcome {
  if (response.kind === 'broken') return classifyBroken(response);
  if (response.status !== 200) return classifyOpenaiError(response, deps.now);
  const error = readErrorBody(response.body);
  if (error !== null) return classifyOpenaiError({ ...response, status: statusIn(error.code) }, deps.now);
  const body = readAnswerBody(response.body);
  return body === null
    ? classifyUnreadable(response, 'an OpenAI-compatible server')
    : classifyAnswer(body, deps);
}

/** Routers answer 200 and put the error of the server behind them, with its status as `code`, into the body. */
function statusIn(code: string | null): number {
  const status = Number(code);
  return status >= 400 && status < 600 ? status : 502;
}

function classifyAnswer(body: AnswerBody, deps: ClassifyDeps): ClassifiedOutcome {
  const choice = body.choices[0];
  const answer = choice === undefined ? null : answerTextOf(choice);
  const facts = {
    ...NOTHING_KNOWN,
    answer,
    modelVersion: modelVersionOf(body),
    responseId: body.id ?? null,
    usage: tokenUsageOf(body.usage),
  };
  if (choice === undefined) return { ...facts, outcome: 'malformed', reason: 'no choices' };
  const refusal = choice.message?.refusal;
  if (refusal) return { ...facts, outcome: 'blocked', reason: `refusal: ${refusal}` };
  const finishReason = choice.finish_reason ?? 'no finish_reason';
  if (finishReason === 'content_filter') return { ...facts, outcome: 'blocked', reason: finishReason };
  if (finishReason === 'length') return { ...facts, outcome: 'truncated', reason: finishReason };
  if (finishReason !== 'stop') return { ...facts, outcome: 'malformed', reason: finishReason };
  return { ...facts, ...classifyText(answer, finishReason, deps) };
}

/** The model that answered, with the fingerprint of the system it ran on: either can drift. */
function modelVersionOf({ model, system_fingerprint: fingerprint }: AnswerBody): string | null {
  if (!model) return fingerprint ?? null;
  return fingerprint ? `${model} (${fingerprint})` : model;
}
