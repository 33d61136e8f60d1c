import { describe, expect, it } from 'vitest';
import { batchBed, line, SIGNAL, unwrap, upload } from './batch-bed.ts';

describe('calls about a batch', () => {
  it('name its states, its end and its file', async () => {
    const { teacher, double } = await batchBed({ batchWaitMs: 1000, batchRunMs: 1000 });
    const input = unwrap(await upload(teacher, [line('a')]));
    const created = unwrap(await teacher.create(input, 'mine'));
    expect(created).toMatchObject({ state: 'pending', displayName: 'mine', outputFile: null, failure: null });
    double.pass(1000);
    expect(unwrap(await teacher.poll(created.name, SIGNAL)).state).toBe('running');
    double.pass(1000);
    let polled = unwrap(await teacher.poll(created.name, SIGNAL));
    while (polled.outputFile === null) polled = unwrap(await teacher.poll(created.name, SIGNAL));
    expect(polled.state).toBe('succeeded');
  });

  it.each([
    ['expired', { batchExpiryMs: 500 }, false],
    ['failed', { batchFailRate: 1 }, false],
    ['cancelled', {}, true],
  ] as const)('say that it has %s, and why', async (state, settings, cancel) => {
    const { teacher, double } = await batchBed(settings);
    const { name } = unwrap(await teacher.create(unwrap(await upload(teacher, [line('a')])), 'mine'));
    if (cancel) unwrap(await teacher.cancel(name, SIGNAL));
    double.pass(10_000);
    let polled = unwrap(await teacher.poll(name, SIGNAL));
    while (polled.state === 'running') polled = unwrap(await teacher.poll(name, SIGNAL));
    expect(polled).toMatchObject({
      state,
      outputFile: null,
      failure: { reason: expect.stringContaining('BATCH_STATE') },
    });
  });

  it('find a batch by our name on any page of the listing, and say when there is none', async () => {
    const { teacher, double } = await batchBed();
    const input = unwrap(await upload(teacher, [line('a')]));
    const mine = unwrap(await teacher.create(input, 'mine'));
    for (let others = 0; others < 120; others += 1) {
      // Refused while a hundred are unfinished: those before it end with the time that passes.
      while (!(await teacher.create(input, 'other')).ok) double.pass(10_000);
    }
    expect(unwrap(await teacher.find('mine', SIGNAL))).toMatchObject({ name: mine.name });
    expect(unwrap(await teacher.find('nobody’s', SIGNAL))).toBeNull();
    expect(double.asked.filter((call) => call.includes('pageToken=100')).length).toBe(2);
  });

  it.each([
    [{ status: 429, body: '{"error":{"message":"At most 100."}}' }, 'rate-limited', false, 60_000],
    [{ status: 503, body: 'down' }, 'unavailable', true, null],
    [{ status: 400, body: '{"error":{"message":"no","status":"INVALID_ARGUMENT"}}' }, 'invalid', false, null],
    [{ status: 200, body: '<html>Sign in</html>' }, 'network', true, null],
    [{ status: 200, body: '{"name":"operations/1"}' }, 'network', true, null],
    [{ status: 302, body: '', headers: { location: 'http://127.0.0.1:9/' } }, 'no-such-model', false, null],
  ])(
    'sort the answer %j into %s, and know whether it was perhaps done',
    async (reply, outcome, maybeDone, retryAfterMs) => {
      const { teacher, double } = await batchBed();
      const input = unwrap(await upload(teacher, [line('a')]));
      double.cut({ call: /:batchGenerateContent/, what: 'request', reply });
      const created = await teacher.create(input, 'mine');
      expect(created).toMatchObject({ ok: false, failure: { outcome, maybeDone, retryAfterMs } });
    },
  );

  it('know that a reset connection may have done its work, and a refused one has not', async () => {
    const { teacher, double } = await batchBed();
    const input = unwrap(await upload(teacher, [line('a')]));
    double.cut({ call: /:batchGenerateContent/, what: 'answer' });
    expect(await teacher.create(input, 'mine')).toMatchObject({
      ok: false,
      failure: { outcome: 'network', maybeDone: true },
    });
    double.cut(null);
    expect(unwrap(await teacher.find('mine', SIGNAL))).toMatchObject({ displayName: 'mine' });
    expect(double.stats().batch_jobs).toBe(1);
    await double.close();
    expect(await teacher.create(input, 'mine')).toMatchObject({
      ok: false,
      failure: { outcome: 'network', maybeDone: false },
    });
  });

  it('end by the deadline when nobody answers', async () => {
    const { teacher, double } = await batchBed({}, 200);
    double.cut({ call: /batches\//, what: 'answer', hold: true });
    const polled = await teacher.poll('batches/b', SIGNAL);
    expect(polled).toMatchObject({ ok: false, failure: { outcome: 'network' } });
    expect(polled.ok ? '' : polled.failure.reason).toContain('200 ms');
  });

  it('stop at once when they are told to, with the reason', async () => {
    const { teacher, double } = await batchBed();
    const stop = new AbortController();
    const reason = new Error('no more');
    double.cut({ call: /batches\//, what: 'request', hold: true, onCut: () => stop.abort(reason) });
    await expect(teacher.poll('batches/b', stop.signal)).rejects.toBe(reason);
  });

  it('remove a file, and take no offence when that fails', async () => {
    const { teacher } = await batchBed();
    const input = unwrap(await upload(teacher, [line('a')]));
    await teacher.discard(input, SIGNAL);
    await teacher.discard(input, SIGNAL);
    expect(await teacher.create(input, 'mine')).toMatchObject({ ok: false, failure: { outcome: 'invalid' } });
  });
});
