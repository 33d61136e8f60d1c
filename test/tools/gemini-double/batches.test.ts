import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { createAnswerBook } from '../../../tools/gemini-double/answer-book.ts';
import { createDouble } from '../../../tools/gemini-double/double.ts';
import { createDoubleServer } from '../../../tools/gemini-double/server.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../../tools/gemini-double/settings.ts';
import { MADE_UP_KEY, MODEL, requestBody } from './start-double.ts';

const START = Date.parse('2026-11-23T12:00:00Z');
const operationSchema = z.looseObject({
  name: z.string(),
  done: z.boolean(),
  metadata: z.looseObject({
    state: z.string(),
    output: z.looseObject({}).optional(),
    batchStats: z.record(z.string(), z.string()),
  }),
});

/** A double in this process whose clock stands still until the test moves it. */
async function startStill(changes: Partial<Settings> = {}) {
  let nowMs = START;
  const settings = { ...DEFAULT_SETTINGS, ...changes };
  const image = { name: 'one', hash: null, answers: new Map([['quality', 'A recorded text.']]) };
  const double = createDouble({ settings, answers: createAnswerBook([image]), now: () => nowMs });
  const { server, dispose } = createDoubleServer(double);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
    dispose();
  });
  const { port } = server.address() as AddressInfo; // a TCP server that listens has one
  const call = async (path: string, body?: object, headers: Record<string, string> = {}, method?: string) =>
    fetch(path.startsWith('http') ? path : `http://127.0.0.1:${port}/${path}`, {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      headers: { 'x-goog-api-key': MADE_UP_KEY, ...headers },
      ...(body === undefined
        ? {}
        : { body: body instanceof Uint8Array ? Buffer.from(body) : JSON.stringify(body) }),
    });
  const operation = async (path: string, body?: object) =>
    operationSchema.parse(await (await call(path, body)).json());
  return {
    call,
    create: (inputConfig: object) =>
      operation(`v1beta/models/${MODEL}:batchGenerateContent`, {
        batch: { displayName: 'a batch', inputConfig },
      }),
    get: (name: string) => operation(`v1beta/${name}`),
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

/** Uploads as `@google/genai` does: a start, then chunks. */
async function upload(call: Awaited<ReturnType<typeof startStill>>['call'], text: string): Promise<string> {
  const bytes = Buffer.from(text);
  const started = await call(
    'upload/v1beta/files',
    { file: { displayName: 'input' } },
    {
      'x-goog-upload-protocol': 'resumable',
      'x-goog-upload-command': 'start',
      'x-goog-upload-header-content-length': String(bytes.length),
      'x-goog-upload-header-content-type': 'application/jsonl',
    },
  );
  const url = started.headers.get('x-goog-upload-url') ?? '';
  const half = bytes.length >> 1;
  const first = await call(url, bytes.subarray(0, half), {
    'x-goog-upload-command': 'upload',
    'x-goog-upload-offset': '0',
  });
  expect(first.headers.get('x-goog-upload-status')).toBe('active');
  const last = await call(url, bytes.subarray(half), {
    'x-goog-upload-command': 'upload, finalize',
    'x-goog-upload-offset': String(half),
  });
  expect(last.headers.get('x-goog-upload-status')).toBe('final');
  return z
    .object({ file: z.object({ name: z.string(), state: z.literal('ACTIVE') }) })
    .parse(await last.json()).file.name;
}

const REQUEST = requestBody(Buffer.alloc(2_000, 7));
const INLINE = { requests: { requests: [{ request: REQUEST, metadata: { key: 'a' } }] } };

describe('batches', () => {
  it('answer the rows of a file by key, those that fail one by one', async () => {
    const { call, create, get, pass } = await startStill();
    const lines = [
      JSON.stringify({ key: 'good', request: REQUEST }),
      JSON.stringify({ key: 'bad', request: { contents: [] } }),
      'no JSON',
    ];
    const job = await create({ fileName: await upload(call, `${lines.join('\n')}\n`) });
    expect(job).toMatchObject({ done: false, metadata: { state: 'BATCH_STATE_PENDING' } });
    pass(3_000);
    let ended = await get(job.name);
    while (!ended.done) ended = await get(job.name); // its rows are still being answered
    expect(ended.metadata).toMatchObject({
      state: 'BATCH_STATE_SUCCEEDED',
      batchStats: { requestCount: '3', successfulRequestCount: '1', failedRequestCount: '2' },
    });
    const output = await call(`v1beta/${ended.metadata.output?.responsesFile}:download?alt=media`);
    const rows = (await output.text())
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows).toEqual([
      { key: 'good', response: expect.objectContaining({ modelVersion: MODEL }) },
      { key: 'bad', error: { code: 3, message: expect.any(String) } },
      { error: { code: 3, message: expect.any(String) } },
    ]);
  });

  it('answer inline requests with their metadata', async () => {
    const { create, get, pass } = await startStill();
    const job = await create(INLINE);
    pass(2_000);
    expect((await get(job.name)).metadata).toMatchObject({ state: 'BATCH_STATE_RUNNING' });
    pass(1_000);
    expect((await get(job.name)).metadata.output).toMatchObject({
      inlinedResponses: {
        inlinedResponses: [
          {
            metadata: { key: 'a' },
            response: { candidates: [{ content: { parts: [{ text: 'A recorded text.' }] } }] },
          },
        ],
      },
    });
  });

  it('give rows the faults that calls have', async () => {
    const { create, get, pass } = await startStill({ faults: { unavailable: 1 } });
    const job = await create(INLINE);
    pass(3_000);
    const { metadata } = await get(job.name);
    expect(metadata.batchStats).toMatchObject({ failedRequestCount: '1', successfulRequestCount: '0' });
    expect(JSON.stringify(metadata.output)).toContain('"error":{"code":');
  });

  it.each([
    ['cancelled', 'BATCH_STATE_CANCELLED', {}],
    ['expired', 'BATCH_STATE_EXPIRED', { batchExpiryMs: 1_500 }],
    ['failed', 'BATCH_STATE_FAILED', { batchFailRate: 1 }],
    ['cancelled too late', 'BATCH_STATE_SUCCEEDED', { cancelMs: 10_000 }],
  ])('can be %s', async (how, state, settings) => {
    const { call, create, get, pass } = await startStill(settings);
    const job = await create(INLINE);
    pass(100);
    if (how.startsWith('cancelled')) await call(`v1beta/${job.name}:cancel`, {});
    pass(5_000);
    const ended = await get(job.name);
    expect(ended).toMatchObject({ done: true, metadata: { state } });
    expect('error' in ended).toBe(state !== 'BATCH_STATE_SUCCEEDED');
    expect(ended.metadata.output === undefined).toBe(state !== 'BATCH_STATE_SUCCEEDED');
  });

  it('are at most a hundred at once, and need an input that exists', async () => {
    const { call, create } = await startStill();
    await Promise.all(Array.from({ length: 100 }, () => create(INLINE)));
    const path = `v1beta/models/${MODEL}:batchGenerateContent`;
    expect((await call(path, { batch: { inputConfig: INLINE } })).status).toBe(429);
    expect((await call(path, { batch: { inputConfig: { fileName: 'files/none' } } })).status).toBe(400);
  });

  it('are listed in pages and deleted', async () => {
    const { call, create } = await startStill();
    const older = await create(INLINE);
    const job = await create(INLINE);
    expect(await (await call('v1beta/batches')).json()).toMatchObject({
      operations: [{ name: job.name }, { name: older.name }],
    });
    const page = await (await call('v1beta/batches?pageSize=1')).json();
    expect(page).toMatchObject({ operations: [{ name: job.name }], nextPageToken: expect.any(String) });
    const { nextPageToken } = z.object({ nextPageToken: z.string() }).parse(page);
    const last = await (await call(`v1beta/batches?pageSize=1&pageToken=${nextPageToken}`)).json();
    expect(last).toEqual({ operations: [expect.objectContaining({ name: older.name })] });
    expect((await call('v1beta/batches?pageToken=nonsense')).status).toBe(400);
    expect(await (await call('control/stats')).json()).toMatchObject({ batch_jobs: 2, batch_rows: 2 });
    await call(`v1beta/${job.name}`, undefined, {}, 'DELETE');
    expect((await call(`v1beta/${job.name}`)).status).toBe(404);
  });
});
