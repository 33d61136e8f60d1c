import { readStoredAnswer } from '@retort/teacher';
import { afterEach, describe, expect, it } from 'vitest';
import { createGeminiBed } from '../fixtures/teacher/gemini-bed.ts';
import type { GeminiScenario } from '../fixtures/teacher/gemini-scenarios.ts';
import { createOpenaiBed } from '../fixtures/teacher/openai-bed.ts';
import type { OpenaiScenario } from '../fixtures/teacher/openai-scenarios.ts';

const beds = { gemini: createGeminiBed(), openai: createOpenaiBed() };
afterEach(async () => {
  for (const bed of Object.values(beds)) await bed.close();
});

const ABOUT = { parserName: 'description', aspects: ['quality'] } as const;
const ANSWERS: readonly GeminiScenario[] = [
  'answered',
  'thoughts',
  'malformed',
  'empty',
  'other-finish',
  'truncated',
  'safety',
  'prompt-blocked',
  'no-candidates',
  'rate-limited',
  'quota-day',
  'credits',
  'invalid',
  'too-large',
  'bad-key',
  'forbidden',
  'unavailable',
  'bad-gateway',
];
const CHATS: readonly OpenaiScenario[] = [
  'answered',
  'vllm-thoughts',
  'no-words',
  'null-content',
  'length',
  'content-filter',
  'refusal',
  'no-choices',
  'rate-limited',
  'no-quota',
  'context-exceeded',
  'server-error',
  'azure-filter',
  'error-in-200',
];

describe('readStoredAnswer', () => {
  it.each(ANSWERS)('finds in a stored body of gemini what was found when it came: %s', async (scenario) => {
    const { outcome, reason, answer, ...result } = await beds.gemini.askIn(scenario);
    const stored = { ...ABOUT, ...result, teacher: 'gemini', outcome, rawBody: result.rawBody ?? '' };
    expect(readStoredAnswer(stored)).toMatchObject({ kind: 'read', outcome, reason, answer });
  });

  it.each(CHATS)('finds in a stored body of openai what was found when it came: %s', async (scenario) => {
    const { outcome, reason, answer, ...result } = await beds.openai.askIn(scenario);
    const stored = { ...ABOUT, ...result, teacher: 'openai', outcome, rawBody: result.rawBody ?? '' };
    expect(readStoredAnswer(stored)).toMatchObject({ kind: 'read', outcome, reason, answer });
  });

  it.each<GeminiScenario>(['half-answer', 'truncated-json', 'html-page', 'redirect'])(
    'leaves it at what was said of %s, where the body does not tell',
    async (scenario) => {
      const result = await beds.gemini.askIn(scenario);
      const stored = { ...ABOUT, ...result, teacher: 'gemini', rawBody: result.rawBody ?? '' };
      expect(readStoredAnswer(stored)).toEqual({ kind: 'undecided' });
    },
  );

  it('takes a whole answer that came before its connection broke', async () => {
    const { rawBody, answer } = await beds.gemini.askIn('answered');
    const stored = { ...ABOUT, teacher: 'gemini', outcome: 'network', httpStatus: 200 } as const;
    const read = readStoredAnswer({ ...stored, rawBody: rawBody ?? '' });
    expect(read).toMatchObject({ kind: 'read', outcome: 'answered', answer });
  });

  it('reads a recorded line', () => {
    const line = { image: 'a.jpg', aspect: 'quality', model: 'm', response: 'It is sharp." }' };
    const stored = { ...ABOUT, teacher: 'replay', outcome: 'answered', httpStatus: null } as const;
    const read = (rawBody: string) => readStoredAnswer({ ...stored, rawBody });
    expect(read(JSON.stringify(line))).toMatchObject({ outcome: 'answered', answer: line.response });
    expect(read(JSON.stringify({ ...line, response: '5/5' }))).toMatchObject({ outcome: 'malformed' });
    expect(read('{}')).toMatchObject({ kind: 'unreadable' });
  });

  it('says that it cannot read what was an answer and is none, or a teacher it does not know', () => {
    const stored = { ...ABOUT, outcome: 'answered', httpStatus: 200, rawBody: '<html>' } as const;
    expect(readStoredAnswer({ ...stored, teacher: 'gemini' })).toMatchObject({ kind: 'unreadable' });
    expect(readStoredAnswer({ ...stored, teacher: 'constructor' })).toEqual({
      kind: 'unreadable',
      reason: expect.stringContaining('constructor'),
    });
  });
});
