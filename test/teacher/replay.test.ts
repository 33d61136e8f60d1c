import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTeacher } from '@retort/teacher';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { teacherContract } from '../contracts/teacher.ts';
import { sampleRecordingsPath } from '../fixtures/teacher/sample-recordings.ts';
import { teacherRequest } from '../fixtures/teacher/teacher-request.ts';

const signal = new AbortController().signal;
const readImage = () => Promise.reject(new Error('a replay has no business with the image'));

teacherContract('replay', async () => ({
  teacher: await createTeacher('replay', { recordingsPath: sampleRecordingsPath }),
  answerable: [teacherRequest(), teacherRequest({ imageName: 'AttnGAN_normal_002.jpg' })],
  unanswerable: teacherRequest({ aspect: 'authenticity' }),
  readImage,
  callsMade: () => 0,
  close: async () => undefined,
}));

describe('createReplayTeacher', () => {
  let folder: string;
  let recordingsPath: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'retort replay-'));
    recordingsPath = join(folder, 'recordings.jsonl');
  });
  afterEach(() => rm(folder, { recursive: true }));

  const replay = async (response: string) => {
    const line = JSON.stringify({ image: 'a.png', aspect: 'quality', model: 'gemini-1.5-pro', response });
    await writeFile(recordingsPath, `${line}\n`);
    const teacher = await createTeacher('replay', { recordingsPath });
    return { line, teacher };
  };

  it('gives the recorded line as the raw body, byte for byte, and the model of the recording', async () => {
    const { line, teacher } = await replay('It is \\"sharp\\"  and clear. ');
    const result = await teacher.ask(teacherRequest({ imageName: 'sub/a.png' }), { readImage, signal });
    expect(result).toMatchObject({
      outcome: 'answered',
      answer: 'It is \\"sharp\\"  and clear. ',
      rawBody: line,
      modelVersion: 'gemini-1.5-pro',
      recordedAt: null,
      usage: { inputTokens: null, outputTokens: null, thinkingTokens: null },
    });
    expect(teacher.model).toBe('gemini-1.5-pro');
  });

  it('calls a recording malformed whose text is no description', async () => {
    const { teacher } = await replay('');
    const result = await teacher.ask(teacherRequest({ imageName: 'a.png' }), { readImage, signal });
    expect(result.outcome).toBe('malformed');
  });

  it('names image, aspect and file of a missing recording', async () => {
    const { teacher } = await replay('It is sharp.');
    const result = await teacher.ask(teacherRequest({ imageName: 'b.png' }), { readImage, signal });
    expect(result).toMatchObject({ outcome: 'invalid', rawBody: null, answer: null });
    for (const part of ['b.png', 'quality', recordingsPath]) expect(result.reason).toContain(part);
  });
});
