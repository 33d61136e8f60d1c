import { readFileSync } from 'node:fs';
import { createTeachers, teachRequest } from '@retort/pipeline';
import { parseAnswer } from '@retort/teacher';
import { describe, expect, it } from 'vitest';
import { importRun, openBed, planRun, prepareRun, samplePlan, toJob } from './pipeline-bed.ts';

const NOW = '2026-01-02T03:04:05.000Z';
const SIGNAL = new AbortController().signal;

describe('teachRequest with the replay teacher', () => {
  it('keeps the recorded answer as it is, and the description that the parser finds in it', async () => {
    const deps = openBed();
    const run = await importRun(deps, samplePlan(5));
    await prepareRun(deps, run);
    await planRun(deps, run);
    const teacher = await createTeachers(deps, {}, () => 0.5).forRun(run.plan);
    const recorded = readFileSync(run.plan.recordings ?? '', 'utf8');
    const due = deps.store.requests.due(run.id, NOW, 100);
    expect(due).toHaveLength(10);
    for (const request of due) {
      const { entry, next } = await teachRequest(toJob(run.id, request), teacher, SIGNAL);
      const { attempt, settlement, cleanUps } = entry;
      expect(next).toEqual({ kind: 'settled' });
      expect(settlement).toEqual({ state: 'answered' });
      expect(recorded).toContain(attempt.rawBody);
      const line = JSON.parse(attempt.rawBody ?? '') as { image: string; aspect: string; response: string };
      expect(line).toMatchObject({
        image: request.imageName,
        aspect: request.aspect,
        response: attempt.answer,
      });
      const parsed = parseAnswer('description', line.response);
      expect(parsed).toMatchObject({ ok: true, description: attempt.description, cleaned: cleanUps });
      expect(attempt).toMatchObject({
        outcome: 'answered',
        costUsd: 0,
        modelVersion: 'gemini-1.5-pro',
        number: 1,
      });
    }
  });

  it('gives an image without a recording up, and says which', async () => {
    const deps = openBed();
    const run = await importRun(deps, samplePlan(1));
    await prepareRun(deps, run);
    await planRun(deps, run);
    const teacher = await createTeachers(deps, {}, () => 0.5).forRun(run.plan);
    const [due] = deps.store.requests.due(run.id, NOW, 1);
    if (due === undefined) throw new Error('The sample has requests.');
    const job = toJob(run.id, { ...due, imageName: 'unknown.jpg' });
    const { entry } = await teachRequest(job, teacher, SIGNAL);
    expect(entry.settlement).toEqual({
      state: 'dead-letter',
      reason: expect.stringMatching(/^invalid: No recorded \w+ answer for unknown\.jpg/),
    });
  });
});
