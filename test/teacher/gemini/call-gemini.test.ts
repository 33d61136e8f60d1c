import { describe, expect, it } from 'vitest';
import { callGemini } from '../../../packages/teacher/src/gemini/call-gemini.ts';
import { IMAGE_BYTES } from '../../fixtures/teacher/teacher-bed.ts';
import { teacherRequest } from '../../fixtures/teacher/teacher-request.ts';

describe('callGemini', () => {
  it('says so when the call itself throws, and never waits for an answer that cannot come', async () => {
    const connection = { apiKey: 'made-up', model: 'gemini-2.5-flash', baseUrl: 'no address' };
    const call = callGemini(connection, teacherRequest(), IMAGE_BYTES, new AbortController().signal);
    await expect(call).rejects.toThrow('Invalid URL');
  });
});
