import {
  type Attempt,
  type Conversation,
  type ImportedSample,
  type RunPlan,
  runIdOf,
  sha256,
} from '@retort/schema';
import type { PlannedRequest, RecordedAttempt, Settlement, Store } from '@retort/store';

export const PLAN: RunPlan = {
  dataset: { reader: 'csv', path: '/data', csv: null, columns: null, scale: null, name: null },
  recordings: null,
  aspects: null,
  teacher: 'gemini',
  model: 'gemini-test',
  promptForm: 'label-aware',
  limit: null,
  seed: 0,
  splitBy: 'image-prompt',
  strict: false,
};
export const RUN_ID = runIdOf(PLAN);
export const PROMPT_ID = 'quality/label-aware.v1';
const AT = '2026-01-02T03:04:05.000Z';

export interface FilledHome {
  readonly datasetId: number;
  /** By number from 0, as are `requestKeys`. */
  readonly sampleIds: readonly number[];
  readonly requestKeys: readonly string[];
}

/** A run with `count` rated samples named 0.jpg, 1.jpg …, each with its own picture and one pending request. */
export function fillHome(store: Store, count = 1): FilledHome {
  const datasetId = store.datasets.save(sha256('dataset'), {
    reader: 'csv',
    name: 'data',
    scale: { min: 0, max: 5 },
    ratedAspects: ['quality'],
    licence: null,
    source: null,
  });
  store.runs.start(RUN_ID, PLAN, AT);
  store.requests.savePrompt({ id: PROMPT_ID, hash: sha256('prompt'), text: 'Look.', sawLabel: true });
  return store.transaction(() => {
    const numbers = Array.from({ length: count }, (_, i) => i);
    for (const i of numbers) saveSample(store, datasetId, i);
    const sampleIds = store.samples.stamps(datasetId).map(({ id }) => id);
    for (const [i, id] of sampleIds.entries()) {
      const stamp = { bytes: 10, modifiedMs: 1.5 };
      store.samples.savePrepared(id, { kind: 'prepared', image: imageOf(i), stamp });
      store.requests.plan(RUN_ID, id, plannedRequest(i));
    }
    return { datasetId, sampleIds, requestKeys: sampleIds.map((_, i) => plannedRequest(i).key) };
  });
}

export function saveSample(
  store: Store,
  datasetId: number,
  i: number,
  change: Partial<ImportedSample> = {},
): void {
  store.datasets.saveSample(datasetId, {
    name: `${String(i).padStart(5, '0')}.jpg`,
    imagePath: `/data/${i}.jpg`,
    imagePrompt: `prompt ${i}`,
    generator: 'glide',
    generatorSetting: 'glide_normal',
    publishedSplit: null,
    ratings: [{ aspect: 'quality', mos: 2.5, mosStd: 0.5 }],
    row: i + 2,
    ...change,
  });
}

export function imageOf(i: number) {
  return {
    hash: sha256(`image ${i}`),
    recipe: 'test-recipe',
    blobHash: sha256(`blob ${i}`),
    mediaType: 'image/jpeg',
    width: 64,
    height: 48,
    blobBytes: 100,
  };
}

export function plannedRequest(i: number, change: Partial<PlannedRequest> = {}): PlannedRequest {
  return {
    key: sha256(`request ${i}`),
    teacher: 'gemini',
    model: 'gemini-test',
    aspect: 'quality',
    promptId: PROMPT_ID,
    promptText: `Look at ${i}.`,
    imageHash: imageOf(i).hash,
    imageName: `${i}.jpg`,
    recipe: 'test-recipe',
    settings: { temperature: 0.5 },
    repeat: 0,
    maxOutputTokens: 2048,
    ...change,
  };
}

/** An answered attempt that cost a cent; a test changes what it is about. */
export function recordedAttempt(
  requestKey: string,
  change: Partial<Attempt> = {},
  settlement: Settlement = { state: 'answered' },
): RecordedAttempt {
  const attempt: Attempt = {
    requestKey,
    number: 1,
    outcome: 'answered',
    reason: 'STOP',
    answer: 'The sky is blurred.',
    rawBody: '{"text":"The sky is blurred.\\u2028"}',
    httpStatus: 200,
    retryAfterMs: null,
    modelVersion: 'gemini-test-001',
    responseId: 'r-1',
    usage: { inputTokens: 300, outputTokens: 40, thinkingTokens: null },
    recordedAt: null,
    maybeBilled: false,
    startedAt: AT,
    finishedAt: AT,
    costUsd: 0.01,
    description: 'The sky is blurred.',
    ...change,
  };
  return { runId: RUN_ID, attempt, cleanUps: ['trim'], settlement };
}

export function conversationOf(i: number, change: Partial<Conversation> = {}): Conversation {
  const { hash: imageHash, blobHash, width, height } = imageOf(i);
  return {
    sampleName: `${String(i).padStart(5, '0')}.jpg`,
    dataset: 'data',
    aspect: 'quality',
    imagePrompt: `prompt ${i}`,
    generator: 'glide',
    generatorSetting: 'glide_normal',
    imageHash,
    blobHash,
    width,
    height,
    turns: [
      { role: 'user', text: '<image>\nHow good is it?' },
      { role: 'assistant', text: `The sky of ${i} is "blurred".\nNo more.` },
      { role: 'user', text: 'One word?' },
      { role: 'assistant', text: 'fair' },
    ],
    mos: 2.5,
    wordLabel: 'fair',
    sawLabel: true,
    promptId: PROMPT_ID,
    teacher: 'gemini',
    model: 'gemini-test',
    requestKey: plannedRequest(i).key,
    ...change,
  };
}
