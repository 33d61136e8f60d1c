import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { control, generate, requestBody, runDouble, startDouble } from './start-double.ts';

const SAMPLE = new URL('../../../packages/datasets/sample/', import.meta.url);
const IMAGE = readFileSync(new URL('images/midjourney_normal_003.jpg', SAMPLE));
const BODY = requestBody(IMAGE);

const answerSchema = z.object({
  candidates: z.array(
    z.object({
      finishReason: z.string(),
      content: z.object({ parts: z.array(z.object({ text: z.string() })) }).optional(),
    }),
  ),
  modelVersion: z.string(),
  usageMetadata: z.object({ promptTokenCount: z.number(), totalTokenCount: z.number() }),
});
const errorSchema = z.object({
  error: z.object({ code: z.number(), status: z.string(), details: z.array(z.looseObject({})).optional() }),
});
const statsSchema = z.looseObject({
  calls: z.number(),
  in_flight: z.number(),
  most_in_flight: z.number(),
  distinct_requests: z.number(),
  by_outcome: z.record(z.string(), z.number()),
  by_key: z.record(z.string(), z.number()),
});

const statsOf = async (base: string) => statsSchema.parse(await (await control(base, 'stats')).json());
/** The server counts a call when its socket is done with it, which can be after the client has its answer. */
async function settledStats(base: string) {
  for (;;) {
    const stats = await statsOf(base);
    if (stats.in_flight === 0) return stats;
  }
}

function recordedText(image: string, aspect: string): string {
  const lines = readFileSync(new URL('recordings/gemini-1.5-pro.jsonl', SAMPLE), 'utf8').split('\n');
  const schema = z.object({ image: z.string(), aspect: z.string(), response: z.string() });
  const recordings = lines.filter(Boolean).map((line) => schema.parse(JSON.parse(line)));
  return (
    recordings.find((each) => each.image === image && each.aspect === aspect)?.response ?? 'not recorded'
  );
}

describe('gemini-double, as a process', () => {
  it('adds up the tokens that its answers named', async () => {
    const { base } = await startDouble();
    const named = [await generate(base, BODY), await generate(base, BODY)].map(async (response) => {
      const { usageMetadata } = answerSchema.parse(await response.json());
      return usageMetadata;
    });
    const usage = await Promise.all(named);
    const stats = await settledStats(base);
    const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);
    expect(stats.input_tokens).toBe(sum(usage.map(({ promptTokenCount }) => promptTokenCount)));
    expect(stats.output_tokens).toBe(
      sum(usage.map(({ totalTokenCount, promptTokenCount }) => totalTokenCount - promptTokenCount)),
    );
    expect(stats.output_tokens).toBeGreaterThan(0);
  });

  it('answers a recorded image with the recorded text, under any base path', async () => {
    const { base } = await startDouble();
    const answer = answerSchema.parse(await (await generate(`${base}/gemini`, BODY)).json());
    expect(answer.candidates[0]?.content?.parts[0]?.text).toBe(
      recordedText('midjourney_normal_003.jpg', 'quality'),
    );
    expect(answer).toMatchObject({
      modelVersion: 'gemini-3.8-flash',
      candidates: [{ finishReason: 'STOP' }],
    });
  });

  it('lists its models and misses others', async () => {
    const { base } = await startDouble(['--models', 'gemini-a,gemini-b']);
    const list = await (await fetch(`${base}/v1beta/models?key=k`)).json();
    expect(list).toMatchObject({ models: [{ name: 'models/gemini-a' }, { name: 'models/gemini-b' }] });
    expect((await generate(base, BODY, { model: 'gemini-c' })).status).toBe(404);
  });

  it('refuses no key, a wrong key, a body that is none and one that is too long', async () => {
    const { base } = await startDouble(['--keys', 'right', '--max-body-bytes', '100000']);
    const [none, wrong] = await Promise.all([
      generate(base, BODY, { key: '' }),
      generate(base, BODY, { key: 'wrong' }),
    ]);
    expect(none.status).toBe(403);
    expect(await wrong.json()).toMatchObject({
      error: { code: 400, details: [{ reason: 'API_KEY_INVALID' }] },
    });
    expect((await generate(base, '{"contents"', { key: 'right' })).status).toBe(400);
    expect((await generate(base, 'x'.repeat(100_001), { key: 'right' })).status).toBe(413);
    const { by_outcome: byOutcome, by_key: byKey } = await settledStats(base);
    expect(byOutcome).toEqual({ 'key-refused': 2, 'body-invalid': 1, 'body-too-large': 1 });
    expect(JSON.stringify(byKey)).not.toContain('right');
  });

  it('refuses what is over the quota as Google does, and takes new limits while it runs', async () => {
    const { base } = await startDouble(['--requests-per-day', '2']);
    const statuses = [await generate(base, BODY), await generate(base, BODY)].map(({ status }) => status);
    const refused = await generate(base, BODY);
    expect([...statuses, refused.status]).toEqual([200, 200, 429]);
    expect(refused.headers.get('retry-after')).toBeNull();
    const { error } = errorSchema.parse(await refused.json());
    expect(error.details).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
          violations: [
            expect.objectContaining({ quotaId: expect.stringContaining('PerDay'), quotaValue: '2' }),
          ],
        }),
        {
          '@type': 'type.googleapis.com/google.rpc.RetryInfo',
          retryDelay: expect.stringMatching(/^\d+(\.\d+)?s$/),
        },
      ]),
    );
    const changed = await control(base, 'limits', 'PUT', { requests_per_day: 3 });
    expect(await changed.json()).toMatchObject({ requests_per_day: 3, requests_per_minute: null });
    expect((await generate(base, BODY)).status).toBe(200);
    expect((await settledStats(base)).by_outcome).toEqual({ plain: 3, 'quota:requestsPerDay': 1 });
    expect((await control(base, 'limits', 'PUT', { requests_per_day: -1 })).status).toBe(400);
  });

  it('tells the most calls that were in flight, and how many were asked again', async () => {
    const { base } = await startDouble(['--fault', 'silence=1']);
    const patience = new AbortController();
    const calls = Array.from({ length: 5 }, () =>
      fetch(`${base}/v1beta/models/gemini-3.8-flash:generateContent`, {
        method: 'POST',
        headers: { 'x-goog-api-key': 'k' },
        body: JSON.stringify(BODY),
        signal: patience.signal,
      }).catch(() => 'aborted'),
    );
    while ((await statsOf(base)).in_flight < 5);
    patience.abort();
    expect(await Promise.all(calls)).toEqual(Array(5).fill('aborted'));
    expect(await settledStats(base)).toMatchObject({ calls: 5, most_in_flight: 5, distinct_requests: 1 });
  });

  it('ends at once on SIGTERM, with a call in flight', async () => {
    const { base, child } = await startDouble(['--fault', 'silence=1']);
    const broken = generate(base, BODY).catch(() => 'broken');
    while ((await statsOf(base)).in_flight < 1);
    child.process.kill('SIGTERM');
    expect(await broken).toBe('broken');
    expect(await child.ended).toMatchObject({ code: 0, stderr: '' });
  });

  it('shows its help with examples', async () => {
    const { code, lines } = await runDouble(['--help']).ended;
    expect(code).toBe(0);
    expect(lines.join('\n')).toMatch(/Scenarios[\s\S]*Faults[\s\S]*Examples/);
  });

  it.each([
    [['--port', 'x'], /--port takes a number/],
    [['--port', '70000'], /--port is a whole number from 0 to 65535/],
    [['--scenario', 'toString'], /There is no scenario toString/],
    [['--latency-ms', '-1'], /--latency-ms/],
    [['--requests-per-minute', '1.5'], /--requests-per-minute/],
    [['--window', 'round'], /--window/],
    [['--fault', 'blocked'], /--fault takes name=rate/],
    [['--fault', 'bloked=0.1'], /--fault/],
    [['--fault', 'blocked=0.6', '--fault', 'drip=0.6'], /more than 1/],
    [['--recordings', '/nowhere/none.jsonl'], /\/nowhere\/none\.jsonl can't be read \(ENOENT\)/],
    [['--unheard-of'], /unknown option/],
  ])('refuses %j with one line and exit code 2', async (args, message) => {
    const { code, stderr, lines } = await runDouble(['--port', '0', ...args]).ended;
    expect({ code, lines }).toEqual({ code: 2, lines: [] });
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});
