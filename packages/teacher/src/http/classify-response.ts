import type { ParsedAnswer } from '../parse-answer.ts';
import {
  type BrokenResponse,
  type ClassifiedOutcome,
  excerpt,
  NOTHING_KNOWN,
  type ReceivedResponse,
} from './teacher-response.ts';

/** What a service's classifier needs beside the response. */
export interface ClassifyDeps {
  readonly now: Date;
  /** Reads an answer as the prompt wants it read. */
  readonly parse: (answer: string) => ParsedAnswer;
}

/** A connection that broke. Billed, perhaps, unless it can't have been received or was refused by its status. */
export function classifyBroken({ sent, status, cause }: BrokenResponse): ClassifiedOutcome {
  const maybeBilled = sent && (status === null || status === 200);
  return { ...NOTHING_KNOWN, outcome: 'network', reason: cause, maybeBilled };
}

/** A 200 whose body can't be read: half an answer, or somebody else's page. The call may have been billed. */
export function classifyUnreadable({ body }: ReceivedResponse, service: string): ClassifiedOutcome {
  const reason = `200 with a body that isn't ${service}'s JSON: ${excerpt(body)}`;
  return { ...NOTHING_KNOWN, outcome: 'network', reason, maybeBilled: true };
}

/** Outcome of an answer that ended as it should: the prompt's parser decides. */
export function classifyText(answer: string | null, finishReason: string, { parse }: ClassifyDeps) {
  const parsed = parse(answer ?? '');
  return parsed.ok
    ? ({ outcome: 'answered', reason: finishReason } as const)
    : ({ outcome: 'malformed', reason: `${finishReason}: ${parsed.reason}` } as const);
}
