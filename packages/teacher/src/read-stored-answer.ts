import type { Aspect, Outcome } from '@retort/schema';
import { classifyOutcome } from './gemini/classify-outcome.ts';
import type { ClassifyDeps } from './http/classify-response.ts';
import type { ReceivedResponse } from './http/teacher-response.ts';
import { classifyChat } from './openai/classify-chat.ts';
import { type ParserName, parseAnswer } from './parse-answer.ts';
import { readRecordedAnswer } from './recordings.ts';

/** An attempt as it was stored. */
export interface StoredAnswer {
  readonly teacher: string;
  readonly outcome: Outcome;
  readonly httpStatus: number | null;
  readonly rawBody: string;
  readonly parserName: ParserName;
  readonly aspects: readonly Aspect[];
}

/** What today's code makes of it. `reason` and `answer` as in `TeacherResult`. */
export interface ReadAnswer {
  readonly outcome: Outcome;
  readonly reason: string | null;
  readonly answer: string | null;
}

export type StoredAnswerRead =
  | ({ readonly kind: 'read' } & ReadAnswer)
  /** The outcome came from more than the body, or the body breaks off: what was said then stands. */
  | { readonly kind: 'undecided' }
  | { readonly kind: 'unreadable'; readonly reason: string };

type Reader = (response: ReceivedResponse, deps: ClassifyDeps) => ReadAnswer | null;

/** Readers of stored bodies by teacher: a new teacher has its line here. */
const READERS: Readonly<Record<string, Reader>> = {
  gemini: classifyOutcome,
  'gemini-batch': classifyOutcome,
  openai: classifyChat,
  replay: classifyRecorded,
};

/** Ends that rest on more than status and body: on a listing of models, or on how the connection broke. */
const NOT_IN_THE_BODY: readonly Outcome[] = ['no-such-model'];

/**
 * Reads a stored body with today's classification and parser. Pure and offline: headers weren't kept, so nothing is said of
 * waits.
 */
export function readStoredAnswer(stored: StoredAnswer): StoredAnswerRead {
  const { teacher, outcome, parserName, aspects, rawBody } = stored;
  const reader = Object.hasOwn(READERS, teacher) ? READERS[teacher] : undefined;
  if (reader === undefined) return { kind: 'unreadable', reason: `nobody here reads answers of ${teacher}` };
  const status = stored.httpStatus ?? 200;
  // Of a connection that broke only a whole answer counts: its status alone says nothing about the end.
  const broken = outcome === 'network';
  if (NOT_IN_THE_BODY.includes(outcome) || (broken && status !== 200)) return { kind: 'undecided' };
  const parse = (answer: string) => parseAnswer(parserName, answer, aspects);
  const response = { kind: 'received', status, headers: new Headers(), body: rawBody } as const;
  const read = reader(response, { now: new Date(0), parse });
  if (read !== null && read.outcome !== 'network') return { kind: 'read', ...read };
  return broken
    ? { kind: 'undecided' }
    : { kind: 'unreadable', reason: `the body is no answer of ${teacher}` };
}

function classifyRecorded({ body }: ReceivedResponse, { parse }: ClassifyDeps): ReadAnswer | null {
  const answer = readRecordedAnswer(body)?.response ?? null;
  if (answer === null) return null;
  const parsed = parse(answer);
  return parsed.ok
    ? { outcome: 'answered', reason: 'recorded', answer }
    : { outcome: 'malformed', reason: parsed.reason, answer };
}
