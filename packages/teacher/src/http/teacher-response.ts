import type { TeacherResult } from '@retort/schema';

/** What came back from the service, or how it failed to. */
export type TeacherResponse = ReceivedResponse | BrokenResponse;

/** As they came; only those that name a wait are of interest. */
export interface ResponseHeaders {
  /** Null when there is none; several of one name are joined, or the first of them. */
  get(name: string): string | null;
}

export interface ReceivedResponse {
  readonly kind: 'received';
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly body: string;
}

export interface BrokenResponse {
  readonly kind: 'broken';
  /** Status line, when that much arrived. */
  readonly status: number | null;
  /** What broke, for people. */
  readonly cause: string;
  /** False when the request can't have been received: refused, unknown host. */
  readonly sent: boolean;
  /** What arrived of the body; null when nothing did. */
  readonly partialBody: string | null;
}

/** All of a result but what the transport itself knows. */
export type ClassifiedOutcome = Omit<TeacherResult, 'rawBody' | 'httpStatus' | 'recordedAt'>;

/** What a result holds when nothing is known. */
export const NOTHING_KNOWN = {
  answer: null,
  retryAfterMs: null,
  modelVersion: null,
  responseId: null,
  usage: { inputTokens: null, outputTokens: null, thinkingTokens: null },
  maybeBilled: false,
} as const;

/** The beginning of a foreign body on one line, for people. */
export function excerpt(body: string): string {
  const line = body.slice(0, 400).replace(/\s+/g, ' ').trim();
  return line === '' ? '(empty)' : line.slice(0, 120);
}
