import { buildRunCorpus, planRequests, preparedSamples, requestSpec, teachRequest } from '@retort/pipeline';
import { ASPECTS, type Aspect, type RunPlan } from '@retort/schema';
import { loadPrompts, type Teacher } from '@retort/teacher';
import { describe, expect, it } from 'vitest';
import {
  folderPlan,
  openBed,
  PROMPTS,
  planRun,
  prepared,
  requestsOfRun,
  toJob,
  writeDataset,
} from './pipeline-bed.ts';

const LATER = '2027';
const SIGNAL = new AbortController().signal;
const PRICE = { inputUsdPerMillion: 1, outputUsdPerMillion: 10 };
const IMAGES = {
  'a.jpg': 'glide_normal_001.jpg',
  'b.jpg': 'glide_normal_002.jpg',
  'c.jpg': 'glide_normal_003.jpg',
};
const LINES = [
  'name,image_prompt,mos_quality,mos_correspondence,mos_authenticity',
  'a.jpg,a tray of sushi,1,2,3',
  'b.jpg,a red moon,4,3,2',
  'c.jpg,a house,2,2,2',
];

function combinedPlan(change: Partial<RunPlan> = {}): RunPlan {
  const path = writeDataset(LINES, IMAGES);
  return folderPlan(path, {
    recordings: null,
    teacher: 'gemini',
    model: 'made-up',
    combined: 'json',
    ...change,
  });
}

/** A teacher made for these tests, which no model ever was: says what it is given for each image. */
function handMade(answerFor: (imageName: string, aspects: readonly Aspect[]) => string): Teacher {
  return {
    name: 'hand-made',
    model: 'made-up',
    async ask(request) {
      const answer = answerFor(request.imageName, request.aspects ?? []);
      return {
        outcome: 'answered',
        reason: 'STOP',
        answer,
        rawBody: answer,
        httpStatus: 200,
        retryAfterMs: null,
        modelVersion: 'made-up-1',
        responseId: null,
        usage: { inputTokens: 1000, outputTokens: 100, thinkingTokens: 0 },
        recordedAt: null,
        maybeBilled: false,
      };
    },
  };
}

const textOf = (image: string, aspect: Aspect): string =>
  `Made up about the ${aspect} of ${image}, at length.`;
const jsonAnswer = (image: string, aspects: readonly Aspect[]): string =>
  JSON.stringify(Object.fromEntries(aspects.map((aspect) => [aspect, textOf(image, aspect)])));

async function taught(plan: RunPlan, answerFor: Parameters<typeof handMade>[0]) {
  const deps = openBed();
  const run = await prepared(deps, plan);
  await planRun(deps, run);
  const teach = {
    store: deps.store,
    teacher: handMade(answerFor),
    prompts: await loadPrompts(PROMPTS),
    readImage: (hash: string) => deps.blobs.read(hash),
    price: PRICE,
    now: deps.now,
    random: () => 0.5,
  };
  for (const due of deps.store.requests.due(run.id, LATER, 10)) {
    const { entry } = await teachRequest(toJob(run.id, due), teach, SIGNAL);
    deps.store.transaction(() => deps.store.attempts.record(entry));
  }
  return { deps, run };
}

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
