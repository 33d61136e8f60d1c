import { compareAnswers, planRequests, preparedSamples, requestSpec } from '@retort/pipeline';
import type { RunPlan } from '@retort/schema';
import { describe, expect, it } from 'vitest';
import { recordedAttempt } from '../store/filled-home.ts';
import { combinedPlan, jsonAnswer, LATER, taught } from './combined-bed.ts';

const side = (id: string) => ({ selector: `run=${id}`, filter: { runId: id } });

describe('compareAnswers of a combined run with a single aspect', () => {
  it('divides what a call cost and took by the aspects that it asked, not by those in common', async () => {
    const { deps, run } = await taught(combinedPlan(), jsonAnswer);
    const { combined: _, ...rest } = run.plan;
    const plan: RunPlan = { ...rest, aspects: ['quality'] };
    const single = 'a1a1a1a1a1a1a1a1';
    deps.store.runs.start(single, plan, '2026-01-02T03:04:05.000Z');
    const samples = preparedSamples(deps, deps.store.samples.stamps(run.dataset.id));
    planRequests(deps, single, await requestSpec(deps, plan, run.dataset), samples);
    for (const { key } of deps.store.requests.due(single, LATER, 10)) {
      deps.store.attempts.record({ ...recordedAttempt(key, { costUsd: 0.001 }), runId: single });
    }
    const want = { command: 'pnpm distill compare a b', thumbnails: false };
    const data = await compareAnswers(deps, { a: side(run.id), b: side(single), ...want });
    expect(data.common).toMatchObject({ answered: 3, images: 3 });
    // A call about three aspects took 1,000 tokens in and 100 out, at $1 and $10 a million.
    expect(data.a).toMatchObject({
      calls: 3,
      usd_per_answer: expect.closeTo(0.002 / 3, 12),
      input_tokens_per_answer: expect.closeTo(1000 / 3, 9),
    });
    expect(data.b).toMatchObject({ calls: 3, usd_per_answer: expect.closeTo(0.001, 12) });
    const whole = await compareAnswers(deps, { a: side(single), b: side(run.id), ...want });
    expect(whole.b.usd_per_answer).toBeCloseTo(0.002 / 3, 12);
  });
});
