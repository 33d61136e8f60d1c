import { inspect } from 'node:util';
import { sha256 } from '@retort/schema';
import { createTeacher, findPrice } from '@retort/teacher';
import { afterEach, describe, expect, it } from 'vitest';
import { teacherContract } from '../../contracts/teacher.ts';
import { chatRequest, createOpenaiBed, MADE_UP_OPENAI_KEY } from '../../fixtures/teacher/openai-bed.ts';
import type { OpenaiScenario } from '../../fixtures/teacher/openai-scenarios.ts';
import { MADE_UP_CHAT_MODELS } from '../../fixtures/teacher/openai-server.ts';
import { IMAGE_BYTES } from '../../fixtures/teacher/teacher-bed.ts';

const bed = createOpenaiBed();
const { start, ask, askIn } = bed;
afterEach(() => bed.close());

teacherContract('openai', async () => {
  const { server, teacher } = await start({
    handler: ({ promptText }) => (promptText === 'refuse' ? 'refusal' : 'answered'),
  });
  return {
    teacher,
    answerable: [chatRequest({ blobHash: sha256('one') }), chatRequest({ blobHash: sha256('two') })],
    unanswerable: chatRequest({ promptText: 'refuse' }),
    readImage: async ({ blobHash }) => Buffer.from(blobHash),
    callsMade: () => server.requests.length,
    close: async () => undefined,
  };
});

describe('createOpenaiTeacher', () => {
  it('sends image, words and settings as the wire wants them', async () => {
    const { server, teacher } = await start({ basePath: '/proxy/v1' });
    const settings = { temperature: 0.2, topP: 0.9, seed: 7 };
    await ask(teacher, chatRequest({ settings, maxOutputTokens: 321 }));
    const [received] = server.requests;
    expect(received?.path).toBe('/proxy/v1/chat/completions');
    expect(received?.headers.authorization).toBe(`Bearer ${MADE_UP_OPENAI_KEY}`);
    const url = `data:image/jpeg;base64,${Buffer.from(IMAGE_BYTES).toString('base64')}`;
    expect(received?.body).toEqual({
      model: MADE_UP_CHAT_MODELS[0],
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Describe the visual quality of this image.' },
            { type: 'image_url', image_url: { url } },
          ],
        },
      ],
      max_tokens: 321,
      temperature: 0.2,
      top_p: 0.9,
      seed: 7,
    });
  });

  it('asks for nothing that the request leaves to the model, and sends no key that it has not', async () => {
    const { server } = await start({});
    const { baseUrl } = server;
    const teacher = await createTeacher('openai', { apiKey: null, model: MADE_UP_CHAT_MODELS[0], baseUrl });
    expect((await ask(teacher)).outcome).toBe('answered');
    const [received] = server.requests;
    expect(Object.keys(received?.body ?? {})).toEqual(['model', 'messages', 'max_tokens']);
    expect(received?.headers.authorization).toBeUndefined();
  });

  it('keeps model, fingerprint and response id', async () => {
    expect(await askIn('answered')).toMatchObject({
      outcome: 'answered',
      reason: 'stop',
      httpStatus: 200,
      modelVersion: 'made-up/vision-1-2026-11-01 (fp_madeup)',
      responseId: 'chatcmpl-made-up-1',
      recordedAt: null,
    });
  });

  it('changes to max_completion_tokens where max_tokens is refused, and remembers it', async () => {
    const { server, teacher } = await start({ scenario: 'wants-completion-tokens' });
    expect((await ask(teacher)).outcome).toBe('answered');
    expect((await ask(teacher)).outcome).toBe('answered');
    const limits = server.requests.map(({ body }) => [body.max_tokens, body.max_completion_tokens]);
    expect(limits).toEqual([
      [400, undefined],
      [undefined, 400],
      [undefined, 400],
    ]);
  });

  it('adds /v1 to a host without a path', async () => {
    const { server } = await start({});
    const teacher = await createTeacher('openai', {
      apiKey: null,
      model: MADE_UP_CHAT_MODELS[0],
      baseUrl: `${server.origin}/`,
    });
    expect((await ask(teacher)).outcome).toBe('answered');
  });

  it('names the models that exist when there is no such one, asking for the list once', async () => {
    const { server, teacher } = await start({ scenario: 'no-such-model' });
    const results = await Promise.all([ask(teacher), ask(teacher)]);
    for (const { outcome, reason } of results) {
      expect(outcome).toBe('no-such-model');
      expect(reason).toMatch(/made-up\/vision-1, made-up\/vision-2$/);
    }
    expect(server.listings).toHaveLength(1);
  });

  it("says what came back when the base address isn't the service's", async () => {
    const { server } = await start({});
    const baseUrl = `${server.origin}/elsewhere`;
    const teacher = await createTeacher('openai', { apiKey: null, model: 'x', baseUrl });
    expect(await ask(teacher)).toMatchObject({
      outcome: 'no-such-model',
      reason: expect.stringContaining('404 page not found'),
    });
  });

  describe('when a 400 says nothing about a model that may not exist', () => {
    const scenario = 'litellm-no-model';
    const asked = chatRequest({ model: 'typo' });

    it('takes a model that the list lacks for missing', async () => {
      const { teacher } = await start({ scenario });
      expect(await ask(teacher, asked)).toMatchObject({
        outcome: 'no-such-model',
        reason: expect.stringMatching(/^No model typo .*there are: made-up\/vision-1, made-up\/vision-2$/),
      });
    });

    it.each([
      ['the list fails', null],
      ['the list is empty', []],
      ['the list has patterns', ['openai/*']],
      ['the list has it with a tag', ['typo:latest']],
      ['the list has it', ['typo']],
    ])('leaves it at the row when %s', async (_what, models) => {
      const { teacher } = await start({ scenario, models });
      expect((await ask(teacher, asked)).outcome).toBe('invalid');
    });

    it('leaves it at the row when the model has answered before', async () => {
      const { server, teacher } = await start({ scenario: ['answered', scenario] });
      await ask(teacher, asked);
      expect((await ask(teacher, asked)).outcome).toBe('invalid');
      expect(server.listings).toHaveLength(0);
    });
  });

  it('gives up after its timeout', async () => {
    expect(await askIn('never-answers', 150)).toMatchObject({
      outcome: 'network',
      maybeBilled: true,
      reason: expect.stringContaining('150 ms'),
    });
  });

  it('knows that a refused connection cost nothing, and what refused it', async () => {
    const { server, teacher } = await start({});
    await server.close();
    expect(await ask(teacher)).toMatchObject({
      outcome: 'network',
      maybeBilled: false,
      reason: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it.each<OpenaiScenario>(['echoes-key', 'unauthorised'])(
    'shows the key nowhere when %s',
    async (scenario) => {
      const shown = JSON.stringify(await askIn(scenario));
      for (const spelling of [MADE_UP_OPENAI_KEY, JSON.stringify(MADE_UP_OPENAI_KEY).slice(1, -1)]) {
        expect(shown).not.toContain(spelling);
      }
      expect(shown).toContain('[key removed]');
    },
  );

  it('shows no key to who prints the teacher', async () => {
    const { teacher } = await start({});
    expect(inspect(teacher, { depth: 9, showHidden: true })).not.toContain(MADE_UP_OPENAI_KEY);
  });

  it.each([
    ['a key with a line break', { apiKey: 'sk\nSecret' }, 'teacher-key-missing'],
    ['no model', { model: '' }, 'usage'],
    ['a model with a line break', { model: 'a\nb' }, 'usage'],
    ['a base address that is none', { baseUrl: 'localhost:80' }, 'usage'],
    ['no time at all', { timeoutMs: 0 }, 'usage'],
  ])('refuses %s before any call', async (_what, change, code) => {
    const created = createTeacher('openai', { apiKey: MADE_UP_OPENAI_KEY, model: 'm', ...change });
    await expect(created).rejects.toMatchObject({ code, message: expect.not.stringContaining('Secret') });
  });

  it('has no price, whatever the model is called', () => {
    expect(findPrice({ teacher: 'openai', model: 'gemini-3.5-flash' })).toBeNull();
  });
});
