import {
  buildReportData,
  buildRunCorpus,
  corpusInputKey,
  planRequests,
  preparedSamples,
  requestSpec,
} from '@retort/pipeline';
import { reportDataSchema } from '@retort/report';
import { ASPECTS, type Aspect, type RunPlan } from '@retort/schema';
import { describe, expect, it } from 'vitest';
import { combinedPlan, jsonAnswer, LATER, taught, textOf } from './combined-bed.ts';
import { folderPlan, openBed, planRun, prepared, requestsOfRun } from './pipeline-bed.ts';

describe('a combined request', () => {
  it('is asked once an image, and serves a row of every aspect', async () => {
    const deps = openBed();
    const run = await prepared(deps, combinedPlan());
    await planRun(deps, run);
    const due = deps.store.requests.due(run.id, LATER, 10);
    expect(due).toHaveLength(3);
    for (const request of due) {
      expect(request).toMatchObject({ aspect: 'all', aspects: ASPECTS, maxOutputTokens: 4096 });
      expect(request.responseSchema).toMatchObject({ required: ASPECTS });
    }
    expect(deps.store.requests.counts(run.id).pending).toBe(3);
  });

  it('has its shape in its key: another output is another request', async () => {
    const deps = openBed();
    const plan = combinedPlan();
    const run = await prepared(deps, plan);
    const keysOf = async (change: Partial<RunPlan>) =>
      (await requestsOfRun(deps, { ...run, plan: { ...plan, ...change } })).requests.map(({ key }) => key);
    const keys = [...(await keysOf({})), ...(await keysOf({ combined: 'text' }))];
    expect(new Set(keys).size).toBe(6);
    expect(await keysOf({})).toEqual(keys.slice(0, 3));
  });

  it('becomes three conversations out of one attempt, whose cost counts once', async () => {
    const { deps, run } = await taught(combinedPlan(), jsonAnswer);
    expect(deps.store.requests.counts(run.id)).toMatchObject({ answered: 3, pending: 0 });
    expect(deps.store.attempts.spending(run.id)).toMatchObject({ attempts: 3, spentUsd: 3 * 0.002 });
    const rows = [...deps.store.corpora.rows(await buildRunCorpus(deps, run))];
    expect(rows).toHaveLength(9);
    for (const { sampleName, aspect, turns, promptId, sawLabel } of rows) {
      expect(turns[1]?.text).toBe(textOf(sampleName, aspect));
      expect({ promptId, sawLabel }).toEqual({ promptId: 'all/label-aware.v1', sawLabel: true });
    }
    expect(new Set(rows.map(({ requestKey }) => requestKey)).size).toBe(3);
  });

  it('reads prose under headings as well', async () => {
    const plan = combinedPlan({ combined: 'text', promptForm: 'blind' });
    const { deps, run } = await taught(plan, (image) =>
      ASPECTS.map((aspect) => `${aspect.toUpperCase()}: ${textOf(image, aspect)}`).join('\n'),
    );
    const rows = [...deps.store.corpora.rows(await buildRunCorpus(deps, run))];
    expect(rows.map(({ sampleName, aspect }) => textOf(sampleName, aspect))).toEqual(
      rows.map(({ turns }) => turns[1]?.text),
    );
    expect(rows.every(({ sawLabel, promptId }) => !sawLabel && promptId === 'all/blind-text.v1')).toBe(true);
  });

  it('is given up as a whole where one text cannot be used, told in the report with the command and the cost', async () => {
    const answerFor = (image: string, aspects: readonly Aspect[]) =>
      image === 'b.jpg' ? jsonAnswer(image, aspects.slice(1)) : jsonAnswer(image, aspects);
    const { deps, run } = await taught(combinedPlan({ promptForm: 'blind', promptVersion: 1 }), answerFor);
    expect(deps.store.requests.counts(run.id)).toEqual({ pending: 0, answered: 2, 'dead-letter': 1 });
    const corpusKey = await buildRunCorpus(deps, run);
    deps.store.runs.saveStageResult('audit', await corpusInputKey(deps, run.id, run.plan), { corpusKey });
    const data = await buildReportData(deps, run, null);
    expect(data.counts).toMatchObject({
      conversations: 6,
      teacher_calls: 2 + 3,
      dead_letters: [{ image: 'b.jpg', aspect: 'all', outcome: 'malformed', attempts: 3 }],
    });
    expect(data.counts.cost_usd).toBeCloseTo(5 * 0.002);
    expect(data.counts.dead_letters[0]?.reason).toContain('no text about quality');
    expect(data.run.command).toMatch(/ --prompt blind\.v1 --combined$/);
    expect(reportDataSchema.parse(data).run.options).toMatchObject({ prompt: 'blind.v1', combined: 'json' });
  });

  it('keeps the answers of single requests where it is asked about one aspect alone', async () => {
    const deps = openBed();
    const plan = combinedPlan({ aspects: ['quality'] });
    const run = await prepared(deps, plan);
    const single = { ...run, plan: { ...plan } };
    Reflect.deleteProperty(single.plan, 'combined');
    const keysOf = async (which: typeof run) =>
      (await requestsOfRun(deps, which)).requests.map(({ key }) => key);
    expect(await keysOf(run)).toEqual(await keysOf(single));
  });

  it('is refused where answers are recorded, before anything is planned', async () => {
    const deps = openBed();
    const run = await prepared(
      deps,
      combinedPlan({ recordings: folderPlan('').recordings, teacher: 'replay' }),
    );
    await expect(requestSpec(deps, run.plan, run.dataset)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('--combined'),
    });
  });

  it('is not planned with a prompt that has other words than it had', async () => {
    const deps = openBed();
    const run = await prepared(deps, combinedPlan());
    await planRun(deps, run);
    const spec = await requestSpec(deps, run.plan, run.dataset);
    const edited = {
      ids: spec.prompts.ids,
      get: (id: string) => ({ ...spec.prompts.get(id), hash: 'sha256:00' as const, text: 'Other words.' }),
    };
    const samples = preparedSamples(deps, deps.store.samples.stamps(run.dataset.id));
    expect(() => planRequests(deps, run.id, { ...spec, prompts: edited }, samples)).toThrow(
      /all\/label-aware\.v1 was used in this home with other words/,
    );
  });
});
