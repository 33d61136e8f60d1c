import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { generate, requestBody, startDouble } from './start-double.ts';

const SAMPLE = new URL('../../../packages/datasets/sample/', import.meta.url);
const IMAGE = readFileSync(new URL('images/midjourney_normal_003.jpg', SAMPLE));
const BODY = requestBody(IMAGE);
const answerSchema = z.object({ candidates: z.array(z.object({ finishReason: z.string() })) });

describe('faults on the wire', () => {
  /** Status, type and body; `broken` when there is no whole answer. */
  async function see(fault: string, args: readonly string[] = []) {
    const { base } = await startDouble(['--fault', `${fault}=1`, ...args]);
    const response = await generate(base, BODY).catch(() => null);
    const bytes = response === null ? null : await response.arrayBuffer().catch(() => null);
    return {
      status: response?.status ?? 'broken',
      type: response?.headers.get('content-type')?.split(';')[0],
      retryAfter: response?.headers.get('retry-after'),
      text: bytes === null ? 'broken' : Buffer.from(bytes).toString('utf8'),
      bytes,
    };
  }

  it.each([
    ['truncated', 200, /"finishReason":"MAX_TOKENS"/],
    ['malformed', 200, /"finishReason":"STOP"/],
    [
      'blocked',
      200,
      /"(SAFETY|PROHIBITED_CONTENT|BLOCKLIST|SPII|IMAGE_SAFETY|RECITATION)"|^\{"usageMetadata"/,
    ],
    ['rate-limited', 429, /PerMinute[\s\S]*"retryDelay": "2s"/],
    ['quota-day', 429, /PerDay[\s\S]*"retryDelay": "2s"/],
    ['credits', 402, /RESOURCE_EXHAUSTED/],
    ['invalid', 400, /INVALID_ARGUMENT/],
    ['too-large', 413, /<html>/],
    ['bad-key', 400, /API_KEY_INVALID/],
    ['no-such-model', 404, /NOT_FOUND/],
    ['html', 200, /<html>/],
    ['deep-json', 200, /\[{100000}\]{100000}/],
    ['nul-bytes', 200, /\\u0000/],
  ])('%s is %i', async (fault, status, body) => {
    const seen = await see(fault);
    expect(seen.status).toBe(status);
    expect(seen.text).toMatch(body);
  });

  it('names no delay in a silent 429, and one in the header in a proxy’s', async () => {
    const silent = await see('rate-limited-silent');
    expect(silent).toMatchObject({
      status: 429,
      retryAfter: null,
      text: expect.stringContaining('PerMinute'),
    });
    expect(silent.text).not.toContain('RetryInfo');
    expect(await see('rate-limited-header')).toMatchObject({
      status: 429,
      retryAfter: '2',
      type: 'text/html',
    });
  });

  it('is denied or unavailable in one of several ways', async () => {
    expect([401, 403]).toContain((await see('denied')).status);
    expect([500, 502, 503, 504]).toContain((await see('unavailable')).status);
  });

  it('breaks off before the first byte, or in the middle', async () => {
    expect(await see('disconnect')).toMatchObject({ status: 'broken', text: 'broken' });
    expect(await see('half-answer')).toMatchObject({ status: 200, text: 'broken' });
  });

  it('spoils types, bytes and sizes of right answers', async () => {
    const wrong = await see('wrong-type');
    expect(wrong.type).toBe('text/html');
    expect(answerSchema.parse(JSON.parse(wrong.text)).candidates).toHaveLength(1);
    const { bytes } = await see('invalid-utf8');
    expect(() => new TextDecoder('utf-8', { fatal: true }).decode(bytes ?? undefined)).toThrow(TypeError);
    expect((await see('huge', ['--huge-bytes', '3000000'])).text.length).toBeGreaterThan(3_000_000);
  });

  it('drips in pieces that together are the answer', async () => {
    const { base } = await startDouble(['--fault', 'drip=1', '--drip-ms', '90']);
    const pieces: Buffer[] = [];
    const response = await generate(base, BODY);
    for await (const piece of response.body ?? []) pieces.push(Buffer.from(piece));
    expect(pieces.length).toBeGreaterThan(1);
    expect(answerSchema.parse(JSON.parse(Buffer.concat(pieces).toString('utf8'))).candidates).toHaveLength(1);
  });

  it('ends the same requests the same way, whatever their order', async () => {
    const endings = async (order: readonly number[]) => {
      const { base } = await startDouble(['--fault', 'invalid=0.3', '--fault', 'credits=0.3', '--seed', '5']);
      const seen = await Promise.all(
        order.map(
          async (n) => [n, (await generate(base, requestBody(IMAGE, `Prompt ${n}`))).status] as const,
        ),
      );
      return new Map([...seen].sort(([one], [other]) => one - other));
    };
    const numbers = Array.from({ length: 30 }, (_, n) => n);
    const first = await endings(numbers);
    expect(await endings(numbers.toReversed())).toEqual(first);
    expect(new Set(first.values())).toEqual(new Set([200, 400, 402]));
  });
});
