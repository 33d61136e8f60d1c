import { Worker } from 'node:worker_threads';
import { openStore, startRecorder } from '@retort/store';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { RecorderReply } from '../../packages/store/src/recorder.ts';
import { startNode } from '../fixtures/node-child.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { fillHome, imageOf, plannedRequest, RUN_ID, recordedAttempt } from './filled-home.ts';
import { openHome } from './open-home.ts';
import { change, look } from './raw-database.ts';

const CHILD = new URL('./children/record-answers.ts', import.meta.url);
const THREAD = new URL('../../packages/store/src/recorder-thread.ts', import.meta.url);

function startedRecorder(home: string) {
  const recorder = startRecorder(home);
  onTestFinished(() => recorder.close());
  return recorder;
}

const attempt = (i: number) => ({ kind: 'attempt', entry: recordedAttempt(plannedRequest(i).key) }) as const;

const storedKeys = (home: string) =>
  new Set(look<{ key: string }>(home, 'SELECT request_key AS key FROM attempts').map(({ key }) => key));

describe('startRecorder', () => {
  it('has an answer in the database as soon as it settles', async () => {
    const home = temporaryFolder();
    const store = openHome(home);
    fillHome(store);
    await startedRecorder(home).record(attempt(0));
    expect(store.attempts.has(plannedRequest(0).key, 1)).toBe(true);
    expect(store.requests.counts(RUN_ID)).toMatchObject({ pending: 0, answered: 1 });
  });

  it('stores everything that comes at once, from several recorders', async () => {
    const home = temporaryFolder();
    fillHome(openHome(home), 1000);
    const recorders = [startedRecorder(home), startedRecorder(home)];
    await Promise.all(Array.from({ length: 1000 }, (_, i) => recorders[i % 2]?.record(attempt(i))));
    expect(storedKeys(home).size).toBe(1000);
  });

  it('stores what preparation made of a sample', async () => {
    const home = temporaryFolder();
    const store = openHome(home);
    const { sampleIds } = fillHome(store);
    const sampleId = sampleIds[0] ?? 0;
    const image = { ...imageOf(0), hash: imageOf(7).hash };
    const prepared = { kind: 'prepared', image, stamp: { bytes: 5, modifiedMs: 6 } } as const;
    await startedRecorder(home).record({ kind: 'prepared', sampleId, prepared });
    expect(store.samples.get(sampleId)?.image?.hash).toBe(imageOf(7).hash);
  });

  it('does not lose the others for one entry that cannot be stored', async () => {
    const home = temporaryFolder();
    fillHome(openHome(home), 3);
    const recorder = startedRecorder(home);
    const ends = await Promise.allSettled([0, 99, 1, 2].map((i) => recorder.record(attempt(i))));
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    expect(ends[1]).toMatchObject({ reason: { message: expect.stringContaining('FOREIGN KEY') } });
    expect(storedKeys(home).size).toBe(3);
  });

  it('keeps what was handed over before it closes, and refuses what comes later', async () => {
    const home = temporaryFolder();
    fillHome(openHome(home), 50);
    const recorder = startRecorder(home);
    const handedOver = Array.from({ length: 50 }, (_, i) => recorder.record(attempt(i)));
    await recorder.close();
    await Promise.all(handedOver);
    expect(storedKeys(home).size).toBe(50);
    await expect(recorder.record(attempt(0))).rejects.toThrow('ended');
  });

  it('rejects what it gets when its home cannot be opened', async () => {
    const home = temporaryFolder();
    openStore(home).close();
    change(home, "INSERT INTO migrations (name, hash) VALUES ('9999_invent_future', 'sha256:00')");
    const recorder = startRecorder(home);
    await expect(recorder.record(attempt(0))).rejects.toThrow('newer version');
    await expect(recorder.record(attempt(0))).rejects.toThrow('newer version');
    await recorder.close();
  });

  it('has every answer that settled before its process was killed', async () => {
    const home = temporaryFolder();
    const store = openStore(home);
    fillHome(store, 5000);
    store.close();
    const child = startNode(CHILD, [home, '5000']);
    const settled = [await child.line(), await child.line(), await child.line()];
    child.process.kill('SIGKILL');
    const { code, lines } = await child.ended;
    expect(code).toBeNull();
    settled.push(...lines);
    expect(settled.length).toBeLessThan(5000);
    const stored = storedKeys(home);
    expect(settled.filter((i) => !stored.has(plannedRequest(Number(i)).key))).toEqual([]);
    expect(openHome(home).requests.counts(RUN_ID).answered).toBe(stored.size);
  });
});

describe('recorder-thread', () => {
  it('commits what arrives together as one', async () => {
    const home = temporaryFolder();
    fillHome(openHome(home), 300);
    const thread = new Worker(THREAD, { workerData: { home } });
    const replies: RecorderReply[] = [];
    thread.on('message', (reply: RecorderReply) => replies.push(reply));
    for (let i = 0; i < 300; i += 1) thread.postMessage([{ id: i, entry: attempt(i) }]);
    thread.postMessage('close');
    await new Promise((resolve) => thread.once('exit', resolve));
    expect(replies.flatMap(({ ids }) => ids)).toEqual(Array.from({ length: 300 }, (_, i) => i));
    expect(replies.length).toBeLessThan(10);
  });
});
