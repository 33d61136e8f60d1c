import { teachRequest } from '@retort/pipeline';
import { hashHex, type Outcome, sha256, type TeacherResult, type TeachJob } from '@retort/schema';
import { loadPrompts, type Price, type Teacher } from '@retort/teacher';
import { describe, expect, it } from 'vitest';
import { openBed, PROMPTS } from './pipeline-bed.ts';

const NOW = new Date('2026-01-02T03:04:05.000Z');
const PRICE: Price = { inputUsdPerMillion: 1, outputUsdPerMillion: 10 };
const SIGNAL = new AbortController().signal;
const prompts = await loadPrompts(PROMPTS);

const JOB: TeachJob = {
  runId: 'run',
  number: 3,
  worstCaseUsd: 0.5,
  inputTokens: 1300,
  request: {
    key: sha256('request'),
    teacher: 'gemini',
    model: 'gemini-test',
    aspect: 'quality',
    promptId: 'quality/blind.v1',
    promptText: 'Look.',
    blobHash: sha256('blob'),
    mediaType: 'image/jpeg',
    imageName: 'a.jpg',
    settings: {},
    maxOutputTokens: 2048,
  },
};

/** A teacher made for these tests: ends as it is told to, and says nothing that a model ever said. */
function handMadeTeacher(result: Partial<TeacherResult>): Teacher & { images: Uint8Array[] } {
  const images: Uint8Array[] = [];
  return {
    name: 'hand-made',
    model: 'none',
    images,
    async ask(_request, { readImage }) {
      images.push(await readImage());
      return {
        outcome: 'answered',
        reason: null,
        answer: null,
        rawBody: null,
        httpStatus: null,
        retryAfterMs: null,
        modelVersion: null,
        responseId: null,
        usage: { inputTokens: null, outputTokens: null, thinkingTokens: null },
        recordedAt: null,
        maybeBilled: false,
        ...result,
      };
    },
  };
}

/** One attempt of a request that had these outcomes before. */
function teach(result: Partial<TeacherResult>, before: Outcome[] = [], price: Price | null = PRICE) {
  return teachRequest(
    JOB,
    {
      store: { attempts: { ...openBed().store.attempts, outcomes: () => before } },
      teacher: handMadeTeacher(result),
      prompts,
      readImage: async () => new Uint8Array([1, 2, 3]),
      price,
      now: () => NOW,
      random: () => 0.5,
    },
    SIGNAL,
  );
}

describe('teachRequest', () => {
  it('hands the image to the teacher and books the attempt with its number, times and cost', async () => {
    const usage = { inputTokens: 1000, outputTokens: 100, thinkingTokens: 100 };
    const { entry } = await teach({ answer: 'Sharp, and well lit.', httpStatus: 200, usage });
    expect(entry).toMatchObject({
      runId: 'run',
      settlement: { state: 'answered' },
      attempt: {
        requestKey: JOB.request.key,
        number: 3,
        outcome: 'answered',
        description: 'Sharp, and well lit.',
        costUsd: 0.003,
        startedAt: NOW.toISOString(),
        finishedAt: NOW.toISOString(),
      },
    });
  });

  it('books the worst case where the service may bill a call that broke off, and nothing where it refused', async () => {
    expect((await teach({ outcome: 'network', maybeBilled: true })).entry.attempt.costUsd).toBe(0.5);
    expect((await teach({ outcome: 'rate-limited', httpStatus: 429 })).entry.attempt.costUsd).toBe(0);
    const unknown = await teach({ outcome: 'network', maybeBilled: true }, [], null);
    expect(unknown.entry.attempt.costUsd).toBeNull();
  });

  it('keeps no description of an answer that is none', async () => {
    const { entry } = await teach({ outcome: 'malformed', answer: '{' });
    expect(entry).toMatchObject({ cleanUps: [], attempt: { answer: '{', description: null } });
  });

  it('asks again at the time that the server named', async () => {
    const { entry, next } = await teach({ outcome: 'rate-limited', httpStatus: 429, retryAfterMs: 1500.5 });
    expect(next).toMatchObject({ kind: 'again', notBeforeMs: 1500.5 });
    expect(entry.settlement).toEqual({
      state: 'pending',
      notBeforeAt: '2026-01-02T03:04:06.500Z',
      maxOutputTokens: null,
    });
  });

  it('gives a truncated answer twice the tokens, once', async () => {
    const truncated = await teach({ outcome: 'truncated' });
    expect(truncated.entry.settlement).toMatchObject({ state: 'pending', maxOutputTokens: 4096 });
    // The raised limit stands in the store: what befalls the request later leaves it as it is.
    const blip = await teach({ outcome: 'unavailable' }, ['truncated']);
    expect(blip.entry.settlement).toMatchObject({ state: 'pending', maxOutputTokens: null });
  });

  it.each<[Outcome, Outcome[], string]>([
    ['blocked', [], 'blocked: SAFETY'],
    ['malformed', ['malformed', 'malformed'], 'malformed 3 times: SAFETY'],
    ['truncated', ['truncated'], 'truncated 2 times: SAFETY'],
    ['network', ['unavailable', 'network', 'unavailable', 'network', 'network'], 'network 6 times: SAFETY'],
  ])('gives up after %s, with %j before', async (outcome, before, reason) => {
    const { entry, next } = await teach({ outcome, reason: 'SAFETY' }, before);
    expect(next.kind).toBe('dead-letter');
    expect(entry.settlement).toEqual({ state: 'dead-letter', reason });
  });

  it.each<[Outcome, string | null]>([
    ['quota-day', '2026-01-02T08:00:00.000Z'], // midnight in California
    ['credits', null],
    ['denied', null],
    ['no-such-model', null],
  ])('stops the run after %s and leaves the request open until %s', async (outcome, until) => {
    const { entry, next } = await teach({ outcome, reason: 'said so' });
    expect(next).toEqual({ kind: 'stop-run', reason: `${outcome}: said so`, until });
    expect(entry.settlement).toEqual({ state: 'pending', notBeforeAt: until, maxOutputTokens: null });
  });

  it('throws what reading the image throws', async () => {
    const deps = openBed();
    const readImage = (): Promise<Uint8Array> => deps.blobs.read(JOB.request.blobHash);
    const teacher = handMadeTeacher({});
    const teachDeps = {
      store: deps.store,
      teacher,
      prompts,
      readImage,
      price: null,
      now: () => NOW,
      random: () => 0,
    };
    await expect(teachRequest(JOB, teachDeps, SIGNAL)).rejects.toThrow(hashHex(JOB.request.blobHash));
  });
});
