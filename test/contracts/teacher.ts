import { OUTCOMES, type TeacherRequest } from '@retort/schema';
import { parseAnswer, type Teacher } from '@retort/teacher';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

/** What an implementation's test brings along. */
export interface TeacherUnderTest {
  readonly teacher: Teacher;
  /** Two requests about different images that it answers, differently. */
  readonly answerable: readonly [TeacherRequest, TeacherRequest];
  /** One that it can't answer, and never throws for. */
  readonly unanswerable: TeacherRequest;
  /** Bytes of the prepared image of a request. */
  readImage(request: TeacherRequest): Promise<Uint8Array>;
  /** Calls that left the process so far; 0 for a teacher that makes none. */
  callsMade(): number;
  close(): Promise<void>;
}

/** What every teacher keeps to. Each test gets a fresh one. */
export function teacherContract(name: string, create: () => Promise<TeacherUnderTest>): void {
  describe(`${name} keeps the contract of a teacher`, () => {
    let under: TeacherUnderTest;
    const signal = new AbortController().signal;

    beforeEach(async () => {
      under = await create();
    });
    afterEach(() => under.close());

    const ask = (request: TeacherRequest) =>
      under.teacher.ask(request, { readImage: () => under.readImage(request), signal });

    it('says who it is', () => {
      expect(under.teacher.name).toBe(name);
      expect(under.teacher.model).not.toBe('');
    });

    it('answers with a text that parses, the raw body and the model that spoke', async () => {
      const result = await ask(under.answerable[0]);
      expect(result).toMatchObject({ outcome: 'answered', retryAfterMs: null, maybeBilled: false });
      expect(result.modelVersion).toEqual(expect.any(String));
      const answer = result.answer ?? '';
      expect(parseAnswer('description', answer).ok).toBe(true);
      expect(result.rawBody).toContain(JSON.stringify(answer).slice(1, -1));
    });

    it('keeps answers apart that are asked for at the same time', async () => {
      const [first, second] = under.answerable;
      const [one, two, again] = await Promise.all([ask(first), ask(second), ask(first)]);
      expect(one.answer).not.toBe(two.answer);
      expect(again.answer).toBe(one.answer);
    });

    it('reports what it cannot answer as an outcome with a reason', async () => {
      const result = await ask(under.unanswerable);
      expect(OUTCOMES).toContain(result.outcome);
      expect(result.outcome).not.toBe('answered');
      expect(result.reason).toMatch(/\w/);
    });

    it('gives results that survive JSON', async () => {
      for (const request of [under.answerable[0], under.unanswerable]) {
        const result = await ask(request);
        expect(JSON.parse(JSON.stringify(result))).toEqual(result);
      }
    });

    it('does nothing when the signal was aborted before', async () => {
      const reason = new Error('no more work');
      let imagesRead = 0;
      const readImage = async (): Promise<Uint8Array> => {
        imagesRead++;
        return new Uint8Array();
      };
      const asked = under.teacher.ask(under.answerable[0], { readImage, signal: AbortSignal.abort(reason) });
      await expect(asked).rejects.toBe(reason);
      expect([imagesRead, under.callsMade()]).toEqual([0, 0]);
    });

    it('names models, if it can, in order', async () => {
      const models = (await under.teacher.listModels?.(signal)) ?? [];
      expect(models).toEqual([...models].sort());
    });
  });
}
