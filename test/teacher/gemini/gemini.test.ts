import { inspect } from 'node:util';
import { sha256 } from '@retort/schema';
import { createTeacher } from '@retort/teacher';
import { afterEach, describe, expect, it } from 'vitest';
import { teacherContract } from '../../contracts/teacher.ts';
import { createGeminiBed, MADE_UP_KEY } from '../../fixtures/teacher/gemini-bed.ts';
import { MADE_UP, MADE_UP_USAGE } from '../../fixtures/teacher/gemini-replies.ts';
import type { GeminiScenario } from '../../fixtures/teacher/gemini-scenarios.ts';
import { IMAGE_BYTES } from '../../fixtures/teacher/teacher-bed.ts';
import { teacherRequest } from '../../fixtures/teacher/teacher-request.ts';

const bed = createGeminiBed();
const { start, ask, askIn } = bed;
afterEach(() => bed.close());

teacherContract('gemini', async () => {
  const images = new Map([
    [sha256('one'), Buffer.from('one')],
    [sha256('two'), Buffer.from('two')],
  ]);
  const { server, teacher } = await start({
    handler: ({ promptText }) => (promptText === 'refuse' ? 'safety' : 'answered'),
  });
  return {
    teacher,
    answerable: [teacherRequest({ blobHash: sha256('one') }), teacherRequest({ blobHash: sha256('two') })],
    unanswerable: teacherRequest({ promptText: 'refuse' }),
    readImage: async ({ blobHash }) => images.get(blobHash as `sha256:${string}`) ?? IMAGE_BYTES,
    callsMade: () => server.requests.length,
    close: async () => undefined,
  };
});

describe('createGeminiTeacher', () => {
  it('sends image, words and settings as the wire wants them', async () => {
    const { server, teacher } = await start({ basePath: '/gemini' });
    await ask(
      teacher,
      teacherRequest({ settings: { temperature: 0.2, topP: 0.9, seed: 7 }, maxOutputTokens: 321 }),
    );
    const [received] = server.requests;
    expect(received).toMatchObject({
      path: '/gemini/v1beta/models/gemini-made-up-1:generateContent',
      promptText: 'Describe the visual quality of this image.',
      body: { generationConfig: { temperature: 0.2, topP: 0.9, seed: 7, maxOutputTokens: 321 } },
    });
    expect(received?.headers['x-goog-api-key']).toBe(MADE_UP_KEY);
    expect(received?.image).toEqual({ mediaType: 'image/jpeg', bytes: Buffer.from(IMAGE_BYTES) });
  });

  it('asks for nothing that the request leaves to the model', async () => {
    const { server, teacher } = await start({});
    await ask(teacher);
    expect(server.requests[0]?.body).toMatchObject({ generationConfig: { maxOutputTokens: 400 } });
    expect(JSON.stringify(server.requests[0]?.body)).not.toMatch(/temperature|topP|seed/);
  });

  it('keeps tokens, model version and response id', async () => {
    expect(await askIn('answered')).toMatchObject({
      outcome: 'answered',
      httpStatus: 200,
      usage: {
        inputTokens: MADE_UP_USAGE.promptTokenCount,
        outputTokens: MADE_UP_USAGE.candidatesTokenCount,
        thinkingTokens: MADE_UP_USAGE.thoughtsTokenCount,
      },
      modelVersion: 'gemini-made-up-1-001',
      responseId: 'made-up-1',
      recordedAt: null,
    });
  });

  it('joins the parts of an answer and leaves thoughts out', async () => {
    expect((await askIn('thoughts')).answer).toBe(`${MADE_UP} the first half, and the second.`);
  });

  it('reads JSON whatever the content type calls it', async () => {
    expect((await askIn('json-as-text')).outcome).toBe('answered');
  });

  it('keeps what arrived of half an answer', async () => {
    expect((await askIn('half-answer')).rawBody).toMatch(/^\{"candidates":/);
  });

  it('stops reading a huge body and keeps only its beginning', async () => {
    const result = await askIn('huge-body');
    expect(result).toMatchObject({ outcome: 'network', maybeBilled: true });
    expect(result.rawBody?.length).toBe(64 * 1024);
  });

  it.each<GeminiScenario>(['never-answers', 'slow-drip'])(
    'gives up on %s after its timeout',
    async (scenario) => {
      expect(await askIn(scenario, 150)).toMatchObject({
        outcome: 'network',
        maybeBilled: true,
        reason: expect.stringContaining('150 ms'),
      });
    },
  );

  it('knows that a refused connection cost nothing, and what refused it', async () => {
    const { server, teacher } = await start({});
    await server.close();
    expect(await ask(teacher)).toMatchObject({
      outcome: 'network',
      maybeBilled: false,
      httpStatus: null,
      reason: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('records a call that is cut short, for it may have been billed', async () => {
    const controller = new AbortController();
    const { teacher } = await start({
      handler: () => {
        controller.abort();
        return 'never-answers';
      },
    });
    const result = await ask(teacher, teacherRequest(), controller.signal);
    expect(result).toMatchObject({ outcome: 'network', maybeBilled: true, reason: 'stopped by the caller' });
  });

  it('names the models that exist when there is no such one, asking for the list once', async () => {
    const { server, teacher } = await start({ scenario: 'no-such-model' });
    const results = await Promise.all([ask(teacher), ask(teacher)]);
    for (const { outcome, reason } of results) {
      expect(outcome).toBe('no-such-model');
      expect(reason).toMatch(/gemini-made-up-1, gemini-made-up-2$/);
    }
    expect(server.listings).toHaveLength(1);
  });

  it('does without the list when the listing fails', async () => {
    const { teacher } = await start({ scenario: 'no-such-model', listing: false });
    expect((await ask(teacher)).reason).toMatch(/^No model gemini-made-up-1 \(404 NOT_FOUND.*\)$/);
  });

  it.each<GeminiScenario>(['echoes-key', 'bad-key', 'unauthorised'])(
    'shows the key nowhere when %s',
    async (scenario) => {
      const result = await askIn(scenario);
      const shown = JSON.stringify(result);
      for (const spelling of [
        MADE_UP_KEY,
        JSON.stringify(MADE_UP_KEY).slice(1, -1),
        encodeURIComponent(MADE_UP_KEY),
      ]) {
        expect(result.rawBody).not.toContain(spelling);
        expect(shown).not.toContain(spelling);
      }
      expect(shown).toContain('[key removed]');
    },
  );

  it('shows no key to who prints the teacher', async () => {
    const { teacher } = await start({});
    expect(inspect(teacher, { depth: 9, showHidden: true })).not.toContain(MADE_UP_KEY);
  });

  it('leaves the global fetch as it was, during a call and after', async () => {
    const before = globalThis.fetch;
    const { teacher } = await start({});
    const asked = ask(teacher);
    expect(globalThis.fetch).toBe(before);
    await asked;
    expect(globalThis.fetch).toBe(before);
  });

  it('passes on what reading the image throws, and asks nothing', async () => {
    const { server, teacher } = await start({});
    const signal = new AbortController().signal;
    const asked = teacher.ask(teacherRequest(), {
      readImage: () => Promise.reject(new Error('blob gone')),
      signal,
    });
    await expect(asked).rejects.toThrow('blob gone');
    expect(server.requests).toHaveLength(0);
  });

  it.each([
    ['an empty key', { apiKey: '' }, 'teacher-key-missing'],
    ['a key with a line break', { apiKey: 'AIza\nSecret' }, 'teacher-key-missing'],
    ['a model that climbs', { model: '../../x' }, 'usage'],
    ['a base address that is none', { baseUrl: 'localhost:80' }, 'usage'],
    ['no time at all', { timeoutMs: 0 }, 'usage'],
  ])('refuses %s before any call', async (_what, change, code) => {
    const created = createTeacher('gemini', { apiKey: MADE_UP_KEY, model: 'gemini-made-up-1', ...change });
    await expect(created).rejects.toMatchObject({ code, message: expect.not.stringContaining('Secret') });
  });
});
