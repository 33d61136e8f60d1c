import {
  type ClassifyDeps,
  classifyBroken,
  classifyText,
  classifyUnreadable,
} from '../http/classify-response.ts';
import { type ClassifiedOutcome, NOTHING_KNOWN, type TeacherResponse } from '../http/teacher-response.ts';
import { classifyHttpError } from './classify-http-error.ts';
import { type AnswerBody, answerTextOf, type Candidate, readAnswerBody } from './gemini-body.ts';

/** finishReasons that refuse this row for good. Those with IMAGE_ are said of the picture. */
const BLOCKING_FINISH_REASONS: readonly string[] = [
  'SAFETY',
  'PROHIBITED_CONTENT',
  'BLOCKLIST',
  'SPII',
  'IMAGE_SAFETY',
  'IMAGE_PROHIBITED_CONTENT',
  'RECITATION',
  'IMAGE_RECITATION',
];

/**
 * Sorts one response of Gemini into the closed set of outcomes. Pure: what to do about it is `decideNext`'s.
 *
 * @returns the outcome; `retryAfterMs` in ms, may be fractional: always with `rate-limited` (60,000 if none was given),
 *   with `unavailable` if a header gave one
 * @throws never: a body that can't be read is `network`, because that call may have been billed
 * @see gemini-protocol.md, "Outcomes" (checked 2026-11-23)
 */
export function classifyOutcome(response: TeacherResponse, deps: ClassifyDeps): ClassifiedOutcome {
  if (response.kind === 'broken') return classifyBroken(response);
  if (response.status !== 200) return classifyHttpError(response, deps.now);
  const body = readAnswerBody(response.body);
  return body === null ? classifyUnreadable(response, 'Gemini') : classifyAnswer(body, deps);
}

function classifyAnswer(body: AnswerBody, deps: ClassifyDeps): ClassifiedOutcome {
  const candidate = body.candidates?.[0];
  const answer = candidate === undefined ? null : answerTextOf(candidate);
  const facts = {
    ...NOTHING_KNOWN,
    answer,
    modelVersion: body.modelVersion ?? null,
    responseId: body.responseId ?? null,
    usage: {
      inputTokens: body.usageMetadata?.promptTokenCount ?? null,
      outputTokens: body.usageMetadata?.candidatesTokenCount ?? null,
      thinkingTokens: body.usageMetadata?.thoughtsTokenCount ?? null,
    },
  };
  const blocked = blockReasonOf(body, candidate);
  if (blocked !== null) return { ...facts, outcome: 'blocked', reason: blocked };
  const finishReason = candidate?.finishReason ?? 'no finishReason';
  if (finishReason === 'MAX_TOKENS') return { ...facts, outcome: 'truncated', reason: finishReason };
  if (finishReason !== 'STOP') return { ...facts, outcome: 'malformed', reason: finishReason };
  return { ...facts, ...classifyText(answer, finishReason, deps) };
}

function blockReasonOf(body: AnswerBody, candidate: Candidate | undefined): string | null {
  const { blockReason, blockReasonMessage } = body.promptFeedback ?? {};
  if (blockReason) return [`promptFeedback ${blockReason}`, blockReasonMessage].filter(Boolean).join(': ');
  if (candidate === undefined) return 'no candidates';
  const { finishReason, finishMessage } = candidate;
  if (!finishReason || !BLOCKING_FINISH_REASONS.includes(finishReason)) return null;
  return [finishReason, finishMessage].filter(Boolean).join(': ');
}
