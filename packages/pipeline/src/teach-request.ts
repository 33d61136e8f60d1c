import { type Attempt, aspectsAsked, type TeacherResult, type TeachJob } from '@retort/schema';
import type { RecordedAttempt, Settlement, Store } from '@retort/store';
import {
  attemptCostUsd,
  decideNext,
  type NextStep,
  outcomePolicies,
  type ParsedAnswer,
  type Price,
  type PromptLibrary,
  parseAnswer,
  type Teacher,
} from '@retort/teacher';
import { NOTHING_HEARD } from './nothing-heard.ts';

export interface TeachDeps {
  readonly store: Pick<Store, 'attempts'>;
  readonly teacher: Teacher;
  readonly prompts: PromptLibrary;
  readonly readImage: (blobHash: string) => Promise<Uint8Array>;
  /** Price of the teacher's model; null when it isn't known. */
  readonly price: Price | null;
  readonly now: () => Date;
  readonly random: () => number;
}

/** What booking a result needs, whoever gave it. */
export type BookDeps = Pick<TeachDeps, 'store' | 'prompts' | 'price' | 'random'>;

export interface TaughtAttempt {
  readonly entry: RecordedAttempt;
  readonly next: NextStep;
}

/**
 * Makes one attempt at one request and decides what it leads to. Stores nothing: the recorder does.
 *
 * @throws what reading the image throws; every end of the call itself is an outcome
 */
export async function teachRequest(
  job: TeachJob,
  deps: TeachDeps,
  signal: AbortSignal,
): Promise<TaughtAttempt> {
  const { request } = job;
  const startedAt = deps.now();
  const result = await deps.teacher.ask(request, {
    readImage: () => deps.readImage(request.blobHash),
    signal,
    parserName: deps.prompts.get(request.promptId).output,
  });
  return bookResult(job, deps, result, { startedAt, finishedAt: deps.now() });
}

/** The attempt that a teacher's result makes, and what it leads to. Stores nothing. */
export function bookResult(
  job: TeachJob,
  deps: BookDeps,
  result: TeacherResult,
  { startedAt, finishedAt }: { readonly startedAt: Date; readonly finishedAt: Date },
): TaughtAttempt {
  const { request, number, runId } = job;
  const prompt = deps.prompts.get(request.promptId);
  const parsed =
    result.outcome === 'answered'
      ? parseAnswer(prompt.output, result.answer ?? '', aspectsAsked(request))
      : null;
  const next = decideNext({
    outcome: result.outcome,
    reason: result.reason,
    // The first attempt has none before it, and is most of them.
    attemptsSoFar:
      number === 1 ? [] : deps.store.attempts.outcomes(request.key).map((outcome) => ({ outcome })),
    retryAfterMs: result.retryAfterMs,
    now: finishedAt,
    random: deps.random,
  });
  const attempt: Attempt = {
    ...result,
    requestKey: request.key,
    number,
    startedAt: startedAt.toISOString(),
    finishedAt: finishedAt.toISOString(),
    costUsd: attemptCostUsd(result, deps.price, job.worstCaseUsd),
    ...descriptionsOf(parsed),
  };
  return {
    entry: { runId, attempt, cleanUps: cleanUpsOf(parsed), settlement: settlementOf(attempt, job, next) },
    next,
  };
}

/**
 * The attempt of a job whose worker died in the middle of it: the call may have been made and billed, so it is kept as one
 * that broke off, at its worst case, and the request is asked again by another attempt.
 */
export function lostAttempt(job: TeachJob, now: Date): RecordedAttempt {
  const { request, number, runId, worstCaseUsd } = job;
  const at = now.toISOString();
  const attempt: Attempt = {
    requestKey: request.key,
    number,
    outcome: 'network',
    reason: 'the worker died during the call, which may have been billed',
    ...NOTHING_HEARD,
    maybeBilled: true,
    startedAt: at,
    finishedAt: at,
    costUsd: worstCaseUsd,
    description: null,
  };
  return {
    runId,
    attempt,
    cleanUps: [],
    settlement: { state: 'pending', notBeforeAt: null, maxOutputTokens: null },
  };
}

/** The two columns in which a parsed answer is kept: one description, or several. */
export function descriptionsOf(
  parsed: ParsedAnswer | null,
): Required<Pick<Attempt, 'description' | 'descriptions'>> {
  if (parsed?.ok !== true) return { description: null, descriptions: null };
  return {
    description: parsed.description,
    descriptions: parsed.description === null ? parsed.descriptions : null,
  };
}

function cleanUpsOf(parsed: ParsedAnswer | null): readonly string[] {
  return parsed?.ok === true ? parsed.cleaned : [];
}

function settlementOf({ outcome, finishedAt }: Attempt, { request }: TeachJob, next: NextStep): Settlement {
  switch (next.kind) {
    case 'settled':
      return { state: 'answered' };
    case 'dead-letter':
      return { state: 'dead-letter', reason: next.reason };
    case 'stop-run':
      return { state: 'pending', notBeforeAt: next.until, maxOutputTokens: null };
    case 'again': {
      // The request's limit in the store stays raised, so only the outcome that asks for more raises it.
      const factor = outcomePolicies[outcome].retry?.maxOutputTokensFactor ?? 1;
      return {
        state: 'pending',
        notBeforeAt: new Date(Date.parse(finishedAt) + next.notBeforeMs).toISOString(),
        maxOutputTokens: factor === 1 ? null : request.maxOutputTokens * factor,
      };
    }
  }
}
