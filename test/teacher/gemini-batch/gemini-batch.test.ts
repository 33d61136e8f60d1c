import { readdirSync } from 'node:fs';
import { inspect } from 'node:util';
import { sha256, type TeacherResult } from '@retort/schema';
import { createTeacher, findPrice } from '@retort/teacher';
import { describe, expect, it } from 'vitest';
import { teacherContract } from '../../contracts/teacher.ts';
import { asOnlineTeacher } from '../../fixtures/teacher/batch-as-teacher.ts';
import { startBatchDouble } from '../../fixtures/teacher/batch-double.ts';
import { teacherRequest } from '../../fixtures/teacher/teacher-request.ts';
import { temporaryFolder } from '../../fixtures/temporary-folder.ts';
import {
  BATCH_MODEL,
  batchBed,
  collectAll,
  line,
  listOf,
  MADE_UP_KEY,
  runBatch,
  SIGNAL,
  unwrap,
  upload,
} from './batch-bed.ts';

teacherContract('gemini-batch', async () => {
  const double = await startBatchDouble();
  const teacher = await createTeacher('gemini-batch', {
    apiKey: MADE_UP_KEY,
    model: BATCH_MODEL,
    baseUrl: double.baseUrl,
  });
  const request = { teacher: 'gemini-batch', model: BATCH_MODEL };
  return {
    teacher: asOnlineTeacher(teacher, () => double.pass(10_000)),
    answerable: [
      teacherRequest({ ...request, blobHash: sha256('one') }),
      teacherRequest({ ...request, blobHash: sha256('two') }),
    ],
    // Two tokens hold no description: the row ends truncated.
    unanswerable: teacherRequest({ ...request, maxOutputTokens: 2 }),
    readImage: async ({ blobHash }) => Buffer.from(blobHash),
    callsMade: () => double.asked.length,
    close: () => double.close(),
  };
});

describe('createGeminiBatchTeacher', () => {
  it('hands over one file, starts one batch and asks nothing online', async () => {
    const bed = await batchBed();
    const rows = await collectAll(bed.teacher, await runBatch(bed, [line('a'), line('b'), line('c')]));
    expect(rows.map((row) => row.kind === 'row' && [row.key, row.result.outcome])).toEqual([
      ['a', 'answered'],
      ['b', 'answered'],
      ['c', 'answered'],
    ]);
    expect(bed.double.stats()).toMatchObject({ batch_jobs: 1, batch_rows: 3, distinct_requests: 3 });
    expect(bed.double.asked.filter((call) => call.includes(':generateContent'))).toEqual([]);
    expect(bed.double.asked.filter((call) => !call.includes('v1beta'))).toEqual([]);
  });

  it('uploads in pieces what is larger than one, and leaves no file behind', async () => {
    const { teacher, double } = await batchBed();
    const folder = temporaryFolder();
    const image = Buffer.alloc(7_000_000, 1);
    async function* lines() {
      yield { ...line('a'), readImage: async () => image };
    }
    const path = `${folder}/below/lines.jsonl`;
    unwrap(await teacher.upload(lines(), { path, displayName: 'large', signal: SIGNAL }));
    expect(double.asked.filter((call) => call.startsWith('POST /upload/'))).toHaveLength(3);
    expect(readdirSync(`${folder}/below`)).toEqual([]);
  });

  it('keeps what an online answer would have had: body, tokens, model, response id', async () => {
    const bed = await batchBed();
    const [row] = await collectAll(bed.teacher, await runBatch(bed, [line('a')]));
    const result = row?.kind === 'row' ? row.result : null;
    expect(result).toMatchObject({
      httpStatus: 200,
      modelVersion: BATCH_MODEL,
      usage: { inputTokens: expect.any(Number), outputTokens: expect.any(Number) },
    });
    const body = JSON.parse(result?.rawBody ?? '');
    expect(body).toMatchObject({ responseId: result?.responseId, candidates: [{ finishReason: 'STOP' }] });
  });

  it.each([
    ['malformed', 'malformed', 200],
    ['truncated', 'truncated', 200],
    ['blocked', 'blocked', 200],
    ['rate-limited', 'rate-limited', 429],
    ['invalid', 'invalid', 400],
    ['no-such-model', 'no-such-model', 404],
    ['unavailable', 'unavailable', expect.any(Number)],
    ['huge', 'network', 200],
    ['nul-bytes', 'answered', 200],
  ] as const)('sorts a row with %s into %s, as an online call', async (fault, outcome, httpStatus) => {
    const bed = await batchBed({ faults: { [fault]: 1 }, hugeBytes: 9_000_000 });
    const [row] = await collectAll(bed.teacher, await runBatch(bed, [line('row-1')]));
    expect(row).toMatchObject({ kind: 'row', key: 'row-1', result: { outcome, httpStatus } });
    const result: TeacherResult | null = row?.kind === 'row' ? row.result : null;
    expect(result?.reason).toMatch(/\w/);
    expect(result?.maybeBilled).toBe(fault === 'huge');
    expect((result?.rawBody ?? '').length).toBeLessThanOrEqual(64 * 1024);
  });

  it('leaves out rows that are not ours', async () => {
    const bed = await batchBed();
    const file = await runBatch(bed, [line('ours'), line('theirs')]);
    const parserOf = (key: string) => (key === 'ours' ? { name: 'description' as const, aspects: [] } : null);
    const rows = await listOf(bed.teacher.collect(file, parserOf, SIGNAL));
    expect(rows.map((row) => row.kind === 'row' && row.key)).toEqual(['ours']);
  });

  it('says when the results break off, after the rows that came', async () => {
    const bed = await batchBed();
    const file = await runBatch(bed, [line('a'), line('b')]);
    bed.double.cut({ call: /:download/, what: 'body' });
    const rows = await collectAll(bed.teacher, file);
    expect(rows.at(-1)).toMatchObject({ kind: 'broken', failure: { outcome: 'network' } });
    bed.double.cut(null);
    expect(await collectAll(bed.teacher, file)).toHaveLength(2);
    expect(await collectAll(bed.teacher, 'files/none')).toMatchObject([
      { kind: 'broken', failure: { outcome: 'no-such-model', maybeDone: false } },
    ]);
  });

  it('costs half of what it costs online', () => {
    const online = findPrice({ teacher: 'gemini', model: BATCH_MODEL });
    const price = findPrice({ teacher: 'gemini-batch', model: BATCH_MODEL });
    expect(price?.inputUsdPerMillion).toBe((online?.inputUsdPerMillion ?? 0) / 2);
    expect(price?.outputUsdPerMillion).toBe((online?.outputUsdPerMillion ?? 0) / 2);
    expect(findPrice({ teacher: 'gemini-batch', model: 'gemini-unknown' })).toBeNull();
  });

  it('refuses what cannot work before any call', async () => {
    const create = (apiKey: string, model = BATCH_MODEL) => createTeacher('gemini-batch', { apiKey, model });
    await expect(create('a key\nwith a line break')).rejects.toMatchObject({ code: 'teacher-key-missing' });
    await expect(create(MADE_UP_KEY, '../x')).rejects.toMatchObject({ code: 'usage' });
  });

  it('throws what reading an image throws, and leaves no half file', async () => {
    const { teacher, double } = await batchBed();
    const folder = temporaryFolder();
    const gone = new Error('the image is gone');
    async function* lines() {
      yield line('a');
      yield { ...line('b'), readImage: () => Promise.reject(gone) };
    }
    const path = `${folder}/lines.jsonl`;
    await expect(teacher.upload(lines(), { path, displayName: 'x', signal: SIGNAL })).rejects.toBe(gone);
    expect([readdirSync(folder), double.asked]).toEqual([[], []]);
  });

  it('shows its key nowhere', async () => {
    const { teacher, double } = await batchBed({ keys: ['another-key'] });
    const echo = JSON.stringify({ error: { code: 403, message: `Who is ${MADE_UP_KEY}?`, status: 'X' } });
    double.cut({ call: /batches\/b/, what: 'request', reply: { status: 403, body: echo } });
    const replies = [
      await upload(teacher, [line('a')]),
      await teacher.poll('batches/b', SIGNAL),
      await teacher.cancel('batches/b', SIGNAL),
      await collectAll(teacher, 'files/none'),
      teacher,
    ];
    expect(inspect(replies, { depth: 9 })).not.toContain('MadeUp-0123456789');
    expect(replies[1]).toMatchObject({ ok: false, failure: { outcome: 'denied' } });
  });
});
