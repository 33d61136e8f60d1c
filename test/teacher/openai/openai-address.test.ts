import { resolveOpenaiBaseUrl, resolveOpenaiKey } from '@retort/teacher';
import { describe, expect, it } from 'vitest';
import { isOpenaiItself } from '../../../packages/teacher/src/openai/openai-address.ts';

describe('resolveOpenaiBaseUrl', () => {
  it.each([
    [undefined, 'https://api.openai.com/v1'],
    ['  ', 'https://api.openai.com/v1'],
    ['http://127.0.0.1:81', 'http://127.0.0.1:81/v1'],
    ['http://127.0.0.1:81/', 'http://127.0.0.1:81/v1'],
    ['http://127.0.0.1:81/v1/', 'http://127.0.0.1:81/v1'],
    ['https://gateway/openai/v1', 'https://gateway/openai/v1'],
    ['https://gateway/api', 'https://gateway/api'],
    ['http://127.0.0.1:81/v1/chat/completions', 'http://127.0.0.1:81/v1'],
  ])('makes one form of %s', (given, expected) => {
    expect(resolveOpenaiBaseUrl({ OPENAI_BASE_URL: given })).toBe(expected);
  });

  it.each(['localhost:81', 'ftp://x', 'http://user:pw@x', 'http://x/?key=1'])('refuses %s', (given) => {
    expect(() => resolveOpenaiBaseUrl({ OPENAI_BASE_URL: given })).toThrow(
      expect.objectContaining({ code: 'usage', message: expect.stringContaining('OPENAI_BASE_URL') }),
    );
  });
});

describe('isOpenaiItself', () => {
  it('knows the one host whose models all take max_completion_tokens', () => {
    expect(isOpenaiItself('https://api.openai.com/v1')).toBe(true);
    expect(isOpenaiItself('http://127.0.0.1:81/api.openai.com')).toBe(false);
  });
});

describe('resolveOpenaiKey', () => {
  it('takes the key without the white space around it', () => {
    expect(resolveOpenaiKey({ OPENAI_API_KEY: ' sk-x\n' })).toBe('sk-x');
  });

  it('does without a key at any server but OpenAI', () => {
    expect(resolveOpenaiKey({ OPENAI_BASE_URL: 'http://127.0.0.1:81/v1', OPENAI_API_KEY: ' ' })).toBeNull();
    expect(() => resolveOpenaiKey({})).toThrow(
      expect.objectContaining({
        code: 'teacher-key-missing',
        message: expect.stringMatching(/OPENAI_API_KEY.*OPENAI_BASE_URL/),
      }),
    );
  });

  it('names the variable of a key that cannot be one, not the key', () => {
    expect(() => resolveOpenaiKey({ OPENAI_API_KEY: 'sk\nSecret' })).toThrow(
      expect.objectContaining({ message: expect.stringMatching(/^OPENAI_API_KEY(?!.*Secret)/) }),
    );
  });
});
