import { type Aspect, descriptionsSchema, type TeacherRequest } from '@retort/schema';
import { createTeacher, estimateTokens, worstCaseCostUsd } from '@retort/teacher';
import { describe, expect, it, onTestFinished } from 'vitest';
import { sendAnswer } from '../fixtures/teacher/gemini-replies.ts';
import { startGeminiServer } from '../fixtures/teacher/gemini-server.ts';
import { startOpenaiServer } from '../fixtures/teacher/openai-server.ts';
import { IMAGE_BYTES } from '../fixtures/teacher/teacher-bed.ts';
import { teacherRequest } from '../fixtures/teacher/teacher-request.ts';

const ASPECTS: Aspect[] = ['quality', 'authenticity'];
const SCHEMA = descriptionsSchema(ASPECTS);
const COMBINED: Partial<TeacherRequest> = { aspect: 'all', aspects: ASPECTS, responseSchema: SCHEMA };
const PROPERTIES = { quality: { type: 'string' }, authenticity: { type: 'string' } };
const DEPS = {
  readImage: async () => IMAGE_BYTES,
  signal: new AbortController().signal,
  parserName: 'descriptions-json',
} as const;

async function geminiThatSays(answer: string) {
  const server = await startGeminiServer({
    handler: (request, response) => {
      sendAnswer(request, response, [{ text: answer }]);
      return undefined;
    },
  });
  onTestFinished(() => server.close());
  const teacher = await createTeacher('gemini', {
    apiKey: 'made-up-key',
    model: 'gemini-made-up-1',
    baseUrl: server.baseUrl,
  });
  return { server, teacher };
}

describe('a structured request', () => {
  it("has Gemini's responseSchema, with the order of its members", async () => {
    const answer = '{"quality": "It is soft all over.", "authenticity": "It is plainly generated."}';
    const { server, teacher } = await geminiThatSays(answer);
    const result = await teacher.ask(teacherRequest(COMBINED), DEPS);
    expect(result).toMatchObject({ outcome: 'answered', answer });
    expect(server.requests[0]?.body).toMatchObject({
      generationConfig: {
        responseMimeType: 'application/json',
        responseSchema: {
          type: 'object',
          properties: PROPERTIES,
          required: ASPECTS,
          propertyOrdering: ASPECTS,
        },
      },
    });
  });

  it('ends malformed when Gemini answers in another shape', async () => {
    const { teacher } = await geminiThatSays('{"quality": "It is soft all over.", "score": 5}');
    const result = await teacher.ask(teacherRequest(COMBINED), DEPS);
    expect(result).toMatchObject({ outcome: 'malformed', reason: expect.stringContaining('"score"') });
  });

  it('is a strict json_schema to an OpenAI-compatible server', async () => {
    const server = await startOpenaiServer();
    onTestFinished(() => server.close());
    const teacher = await createTeacher('openai', {
      apiKey: null,
      model: 'made-up/vision-1',
      baseUrl: server.baseUrl,
    });
    await teacher.ask(teacherRequest({ ...COMBINED, model: 'made-up/vision-1' }), DEPS);
    const schema = { type: 'object', properties: PROPERTIES, required: ASPECTS, additionalProperties: false };
    expect(server.requests[0]?.body.response_format).toEqual({
      type: 'json_schema',
      json_schema: { name: 'descriptions', strict: true, schema },
    });
  });

  it('says nothing of a shape where prose is asked for', async () => {
    const { server, teacher } = await geminiThatSays('It is soft all over.');
    await teacher.ask(teacherRequest(), { ...DEPS, parserName: 'description' });
    expect(JSON.stringify(server.requests[0]?.body)).not.toMatch(/responseSchema|responseMimeType/);
  });

  it('counts its schema as input, in the estimate and in the worst case', () => {
    const question = { model: 'gemini-3.8-flash', width: 512, height: 512, promptText: 'Look.' };
    const structured = { ...question, responseSchema: SCHEMA };
    const bytes = JSON.stringify(SCHEMA).length;
    expect(estimateTokens(structured) - estimateTokens(question)).toBeCloseTo(bytes / 4, -1);
    const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 0 };
    const worst = (asked: typeof question) => worstCaseCostUsd({ ...asked, maxOutputTokens: 1, price }) ?? 0;
    expect((worst(structured) - worst(question)) * 1e6).toBeCloseTo(bytes);
  });
});
