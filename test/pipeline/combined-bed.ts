import { teachRequest } from '@retort/pipeline';
import type { Aspect, RunPlan } from '@retort/schema';
import { loadPrompts, parseAnswer, type Teacher } from '@retort/teacher';
import { folderPlan, openBed, PROMPTS, planRun, prepared, toJob, writeDataset } from './pipeline-bed.ts';

export const LATER = '2027';
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

/** Three rated images with their image prompts, asked about in one call each. */
export function combinedPlan(change: Partial<RunPlan> = {}): RunPlan {
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
    async ask(request, { parserName = 'description' }) {
      const answer = answerFor(request.imageName, request.aspects ?? []);
      const parsed = parseAnswer(parserName, answer, request.aspects);
      return {
        ...(parsed.ok
          ? { outcome: 'answered', reason: 'STOP' }
          : { outcome: 'malformed', reason: parsed.reason }),
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

export const textOf = (image: string, aspect: Aspect): string =>
  `Made up about the ${aspect} of ${image}, at length.`;
export const jsonAnswer = (image: string, aspects: readonly Aspect[]): string =>
  JSON.stringify(Object.fromEntries(aspects.map((aspect) => [aspect, textOf(image, aspect)])));

/** A run whose requests are all settled, by a teacher that says this. */
export async function taught(plan: RunPlan, answerFor: Parameters<typeof handMade>[0]) {
  const deps = openBed();
  const run = await prepared(deps, plan);
  await planRun(deps, run);
  const dueOf = () => deps.store.requests.due(run.id, LATER, 10);
  const teach = {
    store: deps.store,
    teacher: handMade(answerFor),
    prompts: await loadPrompts(PROMPTS),
    readImage: (hash: string) => deps.blobs.read(hash),
    price: PRICE,
    now: deps.now,
    random: () => 0.5,
  };
  for (let due = dueOf(); due.length > 0; due = dueOf()) {
    for (const request of due) {
      const { entry } = await teachRequest(toJob(run.id, request), teach, SIGNAL);
      deps.store.transaction(() => deps.store.attempts.record(entry));
    }
  }
  return { deps, run };
}
