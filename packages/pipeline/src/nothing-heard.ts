import type { TeacherResult } from '@retort/schema';

/** What is known of a call that nothing came back from. */
export const NOTHING_HEARD = {
  answer: null,
  rawBody: null,
  httpStatus: null,
  retryAfterMs: null,
  modelVersion: null,
  responseId: null,
  usage: { inputTokens: null, outputTokens: null, thinkingTokens: null },
  recordedAt: null,
} as const satisfies Partial<TeacherResult>;
