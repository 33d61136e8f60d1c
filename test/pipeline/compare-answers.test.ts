import {
  compareAnswers,
  type PipelineDeps,
  planRequests,
  preparedSamples,
  requestSpec,
} from '@retort/pipeline';
import { comparisonDataSchema } from '@retort/report';
import type { Attempt } from '@retort/schema';
import type { Settlement } from '@retort/store';
import { describe, expect, it } from 'vitest';
import { recordedAttempt } from '../store/filled-home.ts';
import { type BedRun, openBed, runToAnswers, samplePlan } from './pipeline-bed.ts';

const side = ({ id }: { readonly id: string }) => ({ selector: `run=${id}`, filter: { runId: id } });
const WANT = { command: 'pnpm distill compare a b', thumbnails: true };

/** A run over the same images whose answers the test makes up. */
async function plannedBlind(deps: PipelineDeps, run: BedRun, repeat = 0): Promise<BedRun> {
  const plan = {
    ...run.plan,
    recordings: null,
    teacher: 'gemini',
    model: 'made-up',
    promptForm: 'blind' as const,
    repeat,
  };
  const blind = { ...run, id: `b1bdb1bdb1bdb1b${repeat}`, plan };
  deps.store.runs.start(blind.id, plan, '2026-01-02T03:04:05.000Z');
  const samples = preparedSamples(deps, deps.store.samples.stamps(run.dataset.id));
  planRequests(deps, blind.id, await requestSpec(deps, plan, run.dataset), samples);
  return blind;
}

function answer(
  deps: PipelineDeps,
  run: BedRun,
  textOf: (number: number) => Partial<Attempt> | string,
): void {
  const due = deps.store.requests
    .due(run.id, '9999', 1000)
    .sort((a, b) => (a.imageName < b.imageName ? -1 : 1));
  for (const [number, { key }] of due.entries()) {
    const made = textOf(number);
    const change = typeof made === 'string' ? { answer: made, description: made } : made;
    const settlement: Settlement =
      change.outcome === 'blocked' ? { state: 'dead-letter', reason: 'SAFETY' } : { state: 'answered' };
    const { attempt, cleanUps } = recordedAttempt(key, { ...change, costUsd: 0.002 }, settlement);
    deps.store.attempts.record({ runId: run.id, attempt, cleanUps, settlement });
  }
}

describe('compareAnswers', () => {
  it('compares a recorded run with another prompt on the same images', async () => {
    const deps = openBed();
    const recorded = await runToAnswers(deps, samplePlan(60));
    const blind = await plannedBlind(deps, recorded);
    answer(deps, blind, (number) => {
      if (number === 0) return { outcome: 'blocked', answer: null, description: null };
      return number === 1 ? 'I am unable to describe this image.' : `A blurry picture number ${number}.`;
    });
    const data = await compareAnswers(deps, { a: side(recorded), b: side(blind), ...WANT });
    expect(comparisonDataSchema.parse(data)).toEqual(data);
    expect(data.common).toEqual({ asked: 120, answered: 119, identical: 0, images: 60 });
    expect(data.outcomes).toEqual([
      { outcome: 'answered', a: 120, b: 119 },
      { outcome: 'blocked', a: 0, b: 1 },
    ]);
    expect(data.refusals).toEqual({ a: 0, b: 1 });
    expect(data.a).toMatchObject({ teachers: ['replay'], saw_label: 'all', input_tokens_per_answer: null });
    expect(data.b).toMatchObject({
      models: ['made-up'],
      prompts: ['correspondence/blind.v2', 'quality/blind.v2'],
      saw_label: 'none',
      calls: 119,
      usd_per_answer: expect.closeTo(0.002, 12),
      input_tokens_per_answer: 300,
    });
    const [quality] = data.aspects;
    expect(quality).toMatchObject({ aspect: 'quality', image_prompts: 6, saw_label: { a: true, b: false } });
    if (quality?.mos.kind !== 'fitted') throw new Error('nothing was fitted');
    // Gemini saw the MOS, and its words tell it; made-up text tells nothing.
    expect(quality.mos.a.srcc.value).toBeGreaterThan(0.4);
    expect(quality.mos.difference.srcc.high).toBeLessThan(0);
    expect(data.examples).toHaveLength(8);
    expect(data.examples[0]?.thumbnail).toMatch(/^data:image\/webp;base64,/);
  });

  it('leaves out what is one and the same answer, and refuses when that is everything', async () => {
    const deps = openBed();
    const run = await runToAnswers(deps, samplePlan(20));
    const same = compareAnswers(deps, { a: side(run), b: side(run), ...WANT });
    await expect(same).rejects.toMatchObject({ code: 'usage' });
    await expect(same).rejects.toThrow('--repeat');
    const aspect = { selector: 'aspect=quality', filter: { aspect: 'quality' } };
    const blind = await plannedBlind(deps, run);
    // Of the home's answers the newest count: the blind run's for ten images, the recorded ones for ten.
    answer(deps, blind, (number) => ({
      description: 'A picture.',
      finishedAt: number < 20 ? '2026-03-02T03:04:05.000Z' : '2025-01-01T00:00:00.000Z',
    }));
    const data = await compareAnswers(deps, { a: side(run), b: aspect, ...WANT });
    expect(data.common).toEqual({ asked: 20, answered: 10, identical: 10, images: 10 });
    expect(data.aspects[0]?.mos).toMatchObject({
      kind: 'not-fitted',
      reason: expect.stringContaining('10 rated'),
    });
  });

  it('shows no text as a disagreement with itself', async () => {
    const deps = openBed();
    const recorded = await runToAnswers(deps, samplePlan(10));
    const first = await plannedBlind(deps, recorded);
    const second = await plannedBlind(deps, recorded, 1);
    answer(deps, first, () => 'A picture.');
    answer(deps, second, (number) => (number === 0 ? 'A blur.' : 'A  picture.'));
    const data = await compareAnswers(deps, { a: side(first), b: side(second), ...WANT });
    expect(data.common.answered).toBe(20);
    expect(data.examples.map(({ b }) => b)).toEqual(['A blur.']);
  });

  it('says in a sentence when a side is empty or nothing is in common', async () => {
    const deps = openBed();
    const run = await runToAnswers(deps, samplePlan(10));
    const nobody = { selector: 'model=nobody', filter: { model: 'nobody' } };
    await expect(compareAnswers(deps, { a: side(run), b: nobody, ...WANT })).rejects.toThrow(
      'Nothing in this home is "model=nobody"',
    );
    const only = (aspect: string) => ({ selector: `aspect=${aspect}`, filter: { aspect } });
    const apart = compareAnswers(deps, { a: only('quality'), b: only('correspondence'), ...WANT });
    await expect(apart).rejects.toMatchObject({ code: 'not-found' });
    await expect(apart).rejects.toThrow('no image and aspect is in both');
  });
});
