import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256 } from '@retort/schema';
import { openRecordings, requireRecordedAspects } from '@retort/teacher';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sampleRecordingsPath } from '../fixtures/teacher/sample-recordings.ts';

const line = (changes: object = {}): string =>
  JSON.stringify({
    image: 'a.png',
    aspect: 'quality',
    model: 'gemini-1.5-pro',
    response: 'It is sharp.',
    ...changes,
  });

describe('openRecordings', () => {
  let folder: string;
  let path: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'retort recordings-'));
    path = join(folder, 'recordings.jsonl');
  });
  afterEach(() => rm(folder, { recursive: true }));

  const open = async (content: string | Uint8Array) => {
    await writeFile(path, content);
    return openRecordings(path);
  };

  it('reads the sample: two aspects, one model', async () => {
    const recordings = await openRecordings(sampleRecordingsPath);
    expect([...recordings.aspects].sort()).toEqual(['correspondence', 'quality']);
    expect(recordings.models).toEqual(['gemini-1.5-pro']);
    expect(recordings.count).toBe(594);
  });

  it('takes the hash of the file', async () => {
    const content = `${line()}\n`;
    expect((await open(content)).hash).toBe(sha256(content));
  });

  it('finds by whole name before the last part of it', async () => {
    const recordings = await open(
      [line({ response: 'plain' }), line({ image: 'x/a.png', response: 'deep' })].join('\n'),
    );
    const find = (imageName: string) =>
      recordings.get({ imageName, aspect: 'quality', imageHash: null })?.response;
    expect([find('x/a.png'), find('y/a.png'), find('b.png')]).toEqual(['deep', 'plain', undefined]);
  });

  it('finds by hash before name', async () => {
    const hash = sha256('pixels');
    const recordings = await open(
      [line(), line({ image: 'b.png', image_hash: hash, response: 'hashed' })].join('\n'),
    );
    const found = recordings.get({ imageName: 'a.png', aspect: 'quality', imageHash: hash });
    expect(found?.response).toBe('hashed');
  });

  it('reads a file with a BOM, CRLF, empty lines and members it does not know', async () => {
    const recordings = await open(`\uFEFF${line({ recorded_by: 'someone' })}\r\n\r\n`);
    const found = recordings.get({ imageName: 'a.png', aspect: 'quality', imageHash: null });
    expect(found?.rawLine).toBe(line({ recorded_by: 'someone' }));
  });

  it.each([
    ['no JSON', `${line()}\n{"image": `, /recordings\.jsonl, line 2: .*no JSON/],
    ['a missing response', line({ response: undefined }), /line 1: response/],
    ['an unknown aspect', line({ aspect: 'beauty' }), /line 1: aspect/],
    [
      'a second answer',
      `${line()}\n\n${line({ response: 'Another.' })}`,
      /line 3: a second answer .* line 1/,
    ],
    ['nothing', '\n', /holds no recordings/],
    ['bytes that are no UTF-8', new Uint8Array([0x7b, 0xff]), /UTF-8/],
  ])('refuses %s and says where', async (_what, content, message) => {
    await expect(open(content)).rejects.toMatchObject({
      code: 'recordings-unreadable',
      message: expect.stringMatching(message),
    });
  });

  it('says which file is not there', async () => {
    await expect(openRecordings(path)).rejects.toThrow(/recordings\.jsonl: it can't be read \(ENOENT\)/);
  });
});

describe('requireRecordedAspects', () => {
  it('names what is missing and what is there', async () => {
    const recordings = await openRecordings(sampleRecordingsPath);
    requireRecordedAspects(recordings, ['quality', 'correspondence']);
    expect(() => requireRecordedAspects(recordings, ['quality', 'authenticity'])).toThrow(
      expect.objectContaining({
        code: 'recordings-missing-aspect',
        aspects: ['authenticity'],
        message: expect.stringMatching(/for authenticity, only for correspondence, quality/),
      }),
    );
  });
});
