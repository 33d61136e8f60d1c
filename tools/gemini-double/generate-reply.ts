import { cutToTokens, estimateInputTokens, estimateTextTokens } from './estimate-usage.ts';
import type { Fault } from './faults.ts';
import { jsonReply, type Reply, type TokenCounts } from './google-errors.ts';
import { pick, type Random } from './random.ts';
import type { GenerateRequest } from './read-request.ts';

export interface Answering {
  readonly model: string;
  /** What the answer says answered it. */
  readonly modelVersion: string;
  readonly responseId: string;
  readonly request: GenerateRequest;
  /** The recorded text. */
  readonly text: string;
  readonly random: Random;
  readonly hugeBytes: number;
}

const BLOCKED_REASONS = [
  'SAFETY',
  'PROHIBITED_CONTENT',
  'BLOCKLIST',
  'SPII',
  'IMAGE_SAFETY',
  'RECITATION',
] as const;
const NO_ANSWERS = ['', '{"scores": [3, 4', '…', '```json\n```'] as const;
const DEEP_BRACKETS = 100_000;

/** 200 with a candidate; MAX_TOKENS when the text is longer than what was asked for. */
export function plainReply(answering: Answering, text = answering.text): Reply {
  const { maxOutputTokens } = answering.request;
  const tooLong = maxOutputTokens !== null && estimateTextTokens(text) > maxOutputTokens;
  return tooLong
    ? candidateReply(answering, cutToTokens(text, maxOutputTokens), 'MAX_TOKENS')
    : candidateReply(answering, text, 'STOP');
}

/** A 200 that isn't the plain answer, or undefined for faults that are no 200. */
export function spoiltReply(fault: Fault, answering: Answering): Reply | undefined {
  const { text, random } = answering;
  switch (fault) {
    case 'malformed':
      return candidateReply(answering, pick(NO_ANSWERS, random), 'STOP');
    case 'truncated':
      return candidateReply(answering, text.slice(0, Math.ceil(text.length / 2)), 'MAX_TOKENS');
    case 'blocked':
      return blockedReply(answering);
    case 'wrong-type':
      return { ...plainReply(answering), contentType: 'text/html; charset=UTF-8' };
    case 'huge':
      return hugeReply(answering);
    case 'deep-json': {
      const body = `{"candidates":${'['.repeat(DEEP_BRACKETS)}${']'.repeat(DEEP_BRACKETS)}}`;
      return { ...plainReply(answering), body };
    }
    case 'invalid-utf8':
      return withInvalidUtf8(candidateReply(answering, `${MARK}${text}`, 'STOP'));
    case 'nul-bytes':
      return candidateReply(answering, `\0${text}\0`, 'STOP');
    default:
      return undefined;
  }
}

function blockedReply(answering: Answering): Reply {
  const way = pick([...BLOCKED_REASONS, 'prompt', 'nothing'], answering.random);
  if (way === 'nothing') return reply(answering, {}, '');
  if (way !== 'prompt') return candidateReply(answering, null, way);
  return reply(answering, { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' } }, '');
}

function candidateReply(answering: Answering, text: string | null, finishReason: string): Reply {
  const content = text === null ? {} : { content: { parts: [{ text }], role: 'model' } };
  const candidates = [{ ...content, finishReason, index: 0 }];
  return reply(answering, { candidates }, text ?? '');
}

/** An answer with what stands beside the candidates. Its token counts are estimates. */
function reply(
  { model, modelVersion, responseId, request }: Answering,
  candidates: object,
  text: string,
): Reply {
  const usage: TokenCounts = {
    input: estimateInputTokens(model, request),
    output: estimateTextTokens(text),
  };
  const usageMetadata = {
    promptTokenCount: usage.input,
    candidatesTokenCount: usage.output,
    totalTokenCount: usage.input + usage.output,
  };
  return { ...jsonReply({ ...candidates, usageMetadata, modelVersion, responseId }), usage };
}

function hugeReply(answering: Answering): Reply {
  const filler = ' and so on'.repeat(Math.ceil(answering.hugeBytes / 10));
  return candidateReply(answering, `${answering.text}${filler}`, 'STOP');
}

const MARK = '\u{e000}';

function withInvalidUtf8(reply: Reply): Reply {
  const bytes = Buffer.from(reply.body);
  bytes.fill(0xff, bytes.indexOf(MARK), bytes.indexOf(MARK) + Buffer.byteLength(MARK));
  return { ...reply, body: bytes };
}
