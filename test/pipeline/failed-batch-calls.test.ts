import { readdirSync } from 'node:fs';
import { advanceBatch } from '@retort/pipeline';
import type { BatchTeacher } from '@retort/teacher';
import { describe, expect, it } from 'vitest';
import { batchRunBed } from './batch-run-bed.ts';

describe('calls about a batch that fail', () => {
  const refuse = (call: RegExp, status: number, message: string) => ({
    call,
    what: 'request' as const,
    reply: { status, body: JSON.stringify({ error: { code: status, message } }) },
  });

  it('wait as long as the service says, and go on', async () => {
    const bed = await batchRunBed();
    const { id } = bed.planned();
    bed.double.cut(refuse(/:batchGenerateContent/, 429, 'At most 100 batches.'));
    expect(await bed.advance(id)).toEqual({ kind: 'done' });
    expect(bed.store.batches.get(id)).toMatchObject({
      state: 'uploaded',
      notBeforeAt: '2026-01-02T03:05:05.000Z',
    });
    bed.double.cut(null);
    expect((await bed.finish(id)).state).toBe('collected');
    expect(bed.double.asked.filter((call) => call.startsWith('POST /upload'))).toHaveLength(2); // start and one piece
  });

  it.each([
    [403, 'denied', 'key'],
    [404, 'no-such-model', 'no model'],
    [400, 'invalid', 'no batches here'],
  ])('with %i before it was started stop the run and free its rows', async (status, outcome, message) => {
    const bed = await batchRunBed();
    const { id } = bed.planned();
    bed.double.cut(refuse(/:batchGenerateContent/, status, message));
    const end = await bed.advance(id);
    expect(end).toMatchObject({ kind: 'stop', limit: false });
    expect(JSON.stringify(end)).toContain(
      `a batch of 6 rows can't be started: ${outcome}: ${status}: ${message}`,
    );
    expect(bed.store.batches.get(id)?.state).toBe('failed');
    expect(bed.money().reservedUsd).toBe(0);
  });

  it('because the service does not know it stop the run, and pay for nothing twice', async () => {
    const bed = await batchRunBed();
    const { id } = bed.planned();
    await bed.advance(id);
    bed.double.cut(refuse(/GET .*batches\//, 404, 'Not found.'));
    const end = await bed.advance(id);
    expect(end).toMatchObject({
      kind: 'stop',
      limit: false,
      reason: expect.stringMatching(/batches --forget batches\//),
    });
    expect(bed.store.batches.get(id)?.state).toBe('running');
    expect(bed.plan()).toEqual({ kind: 'nothing' });
  });

  it('because the network is down are patient with a batch that runs, and not with one that does not', async () => {
    const bed = await batchRunBed();
    const { id } = bed.planned();
    bed.double.cut({ call: /./, what: 'request' });
    const ends = [];
    for (let call = 0; call < 6; call += 1) ends.push((await bed.advance(id)).kind);
    expect(ends).toEqual(['done', 'done', 'done', 'done', 'done', 'stop']);
    bed.double.cut(null);
    await bed.advance(id);
    bed.double.cut({ call: /./, what: 'request' });
    for (let call = 0; call < 20; call += 1) expect((await bed.advance(id)).kind).toBe('done');
    bed.pass(3 * 3600 * 1000);
    expect(await bed.advance(id)).toMatchObject({ kind: 'stop', reason: expect.stringContaining('network') });
  });

  it('leave no file of lines behind, and what was uploaded is uploaded again', async () => {
    const bed = await batchRunBed();
    const { id } = bed.planned();
    bed.double.cut({ call: /upload/, what: 'request' });
    await bed.advance(id);
    expect(readdirSync(bed.batchDeps.temporaryDir)).toEqual([]);
    expect(bed.store.batches.get(id)?.state).toBe('planned');
    bed.double.cut(null);
    expect((await bed.finish(id)).state).toBe('collected');
  });

  it('stop when the worker is asked to, and keep what came', async () => {
    const bed = await batchRunBed();
    const { id } = bed.planned();
    await bed.advance(id);
    bed.pass(60_000);
    const stop = new AbortController();
    const { collect } = bed.teacher;
    const stopping: BatchTeacher = {
      ...bed.teacher,
      async *collect(...call) {
        for await (const row of collect(...call)) {
          stop.abort();
          yield row;
        }
      },
    };
    const advance = () =>
      advanceBatch({ ...bed.batchDeps, teacher: stopping }, { runId: bed.run.id, batchId: id }, stop.signal);
    while (!stop.signal.aborted) expect(['done', 'interrupted']).toContain((await advance()).kind);
    expect(bed.money().attempts).toBe(1);
    expect(await advance()).toEqual({ kind: 'interrupted' });
    expect((await bed.finish(id)).state).toBe('collected');
    expect(bed.money().attempts).toBe(6);
  });
});
