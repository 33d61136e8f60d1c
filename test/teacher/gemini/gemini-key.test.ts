import { resolveGeminiBaseUrl, resolveGeminiKey } from '@retort/teacher';
import { describe, expect, it } from 'vitest';
import { removeKey } from '../../../packages/teacher/src/http/secret-key.ts';

describe('resolveGeminiKey', () => {
  it.each([
    [{ GOOGLE_API_KEY: 'google' }, 'google', 'GOOGLE_API_KEY'],
    [{ GEMINI_API_KEY: 'gemini' }, 'gemini', 'GEMINI_API_KEY'],
    [{ GOOGLE_API_KEY: ' ', GEMINI_API_KEY: ' gemini\n' }, 'gemini', 'GEMINI_API_KEY'],
  ])('takes the one that is set: %j', (env, key, name) => {
    expect(resolveGeminiKey(env)).toEqual({ key, name, warning: null });
  });

  it('takes GOOGLE_API_KEY when both are set, and says so', () => {
    const resolved = resolveGeminiKey({ GOOGLE_API_KEY: 'google', GEMINI_API_KEY: 'gemini' });
    expect(resolved).toMatchObject({
      key: 'google',
      warning: expect.stringContaining('GOOGLE_API_KEY is used'),
    });
  });

  it('says in one line how to set a missing key', () => {
    expect(() => resolveGeminiKey({})).toThrow(
      expect.objectContaining({
        code: 'teacher-key-missing',
        message: expect.stringMatching(/^.*GEMINI_API_KEY.*$/),
      }),
    );
  });

  it('names the variable of a key that cannot be one, not the key', () => {
    expect(() => resolveGeminiKey({ GEMINI_API_KEY: 'AIza\nSecret' })).toThrow(
      expect.objectContaining({ message: expect.stringMatching(/^GEMINI_API_KEY(?!.*Secret)/) }),
    );
  });
});

describe('removeKey', () => {
  it('finds the beginning of a key at the end of a text that broke off', () => {
    expect(removeKey('{"error": "AIzaMadeUp-01', 'AIzaMadeUp-0123')).toBe('{"error": "[key removed]');
  });

  it('leaves a placeholder alone that could be part of any word', () => {
    expect(removeKey('a contest of tests', 'test')).toBe('a contest of tests');
  });
});

describe('resolveGeminiBaseUrl', () => {
  it.each([
    [undefined, 'https://generativelanguage.googleapis.com'],
    ['http://127.0.0.1:81', 'http://127.0.0.1:81'],
    ['http://127.0.0.1:81/', 'http://127.0.0.1:81'],
    ['http://127.0.0.1:81/gemini//', 'http://127.0.0.1:81/gemini'],
    ['https://proxy/gemini/v1beta/', 'https://proxy/gemini'],
  ])('makes one form of %s', (given, expected) => {
    expect(resolveGeminiBaseUrl({ GOOGLE_GEMINI_BASE_URL: given })).toBe(expected);
  });

  it.each(['localhost:81', 'ftp://x', 'http://user:pw@x', 'http://x/?key=1'])('refuses %s', (given) => {
    expect(() => resolveGeminiBaseUrl({ GOOGLE_GEMINI_BASE_URL: given })).toThrow(
      expect.objectContaining({ code: 'usage' }),
    );
  });
});
