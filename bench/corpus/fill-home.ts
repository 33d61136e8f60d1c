import { type AuditRow, audit, auditRowOf, buildCorpus, type CorpusMeta } from '@retort/corpus';
import { type ContentHash, type CorpusRow, type RunPlan, runIdOf, sha256 } from '@retort/schema';
import { openStore, type Store } from '@retort/store';
import { toStoredAudit } from '../../packages/pipeline/src/audit/stored-audit.ts';
import { imageHash, syntheticRows } from './synthetic/rows.ts';
import type { TextPool } from './synthetic/text-pool.ts';

const AT = '2026-01-01T00:00:00.000Z';
const RECIPE = 'synthetic';
const DATASET = { name: 'synthetic', reader: 'csv', scale: { min: 0, max: 5 }, licence: null, source: null };
const PLAN: RunPlan = {
  dataset: { reader: 'csv', path: '/nowhere', csv: null, columns: null, scale: null, name: 'synthetic' },
  recordings: null,
  aspects: null,
  teacher: 'replay',
  model: 'gemini-1.5-pro',
  promptForm: 'blind',
  limit: null,
  seed: 0,
  splitBy: 'image-prompt',
  strict: false,
};
const META: CorpusMeta = {
  splitBy: 'image-prompt',
  seed: 0,
  fractions: { train: 0.8, val: 0.1, test: 0.1 },
  promptVersions: {},
  sources: [{ dataset: DATASET.name, source: null, licence: null }],
};

/**
 * Puts a corpus of `count` synthetic rows into a home, with samples, requests and answers behind it, through the store's own
 * methods.
 *
 * @returns the corpus's key
 */
export async function fillHome(home: string, pool: TextPool, count: number): Promise<ContentHash> {
  const { key, manifest } = await buildCorpus(syntheticRows(pool, count), META);
  const report = await audit(auditRows(pool, count), { splitBy: META.splitBy });
  const store = openStore(home);
  try {
    store.runs.start(runIdOf(PLAN), PLAN, AT);
    const rows = store.transaction(() => {
      const sampleIds = saveSamples(store, pool, count);
      return Array.from(syntheticRows(pool, count), (row, index) => ({
        conversationId: saveConversation(store, row, sampleIds[index % sampleIds.length] ?? 0),
        split: row.split,
      }));
    });
    store.corpora.save({ key, manifest, audit: toStoredAudit(report), rows });
  } finally {
    store.close();
  }
  return key;
}

function* auditRows(pool: TextPool, count: number): Generator<AuditRow> {
  for (const row of syntheticRows(pool, count)) yield auditRowOf(row);
}

/** @returns ids by number of the image */
function saveSamples(store: Store, pool: TextPool, count: number): readonly number[] {
  for (const { aspect } of pool.aspects) {
    const id = `${aspect}/blind.v2`;
    store.requests.savePrompt({ id, hash: sha256(id), text: id, sawLabel: false });
  }
  const ratedAspects = pool.aspects.map(({ aspect }) => aspect);
  const datasetId = store.datasets.save(sha256(DATASET.name), { ...DATASET, ratedAspects });
  for (const row of syntheticRows(pool, count)) {
    if (row.aspect !== ratedAspects[0]) break; // then the same images again
    const number = Number.parseInt(row.sampleName, 10);
    const { sampleName: name, imagePrompt, generator, generatorSetting } = row;
    const ratings = row.mos === null ? [] : [{ aspect: row.aspect, mos: row.mos, mosStd: null }];
    const described = { name, imagePrompt, generator, generatorSetting, ratings, publishedSplit: null };
    store.datasets.saveSample(datasetId, { ...described, row: number + 2, imagePath: `/nowhere/${name}` });
  }
  const ids = store.samples.stamps(datasetId).map(({ id }) => id);
  for (const [number, id] of ids.entries()) {
    const hash = imageHash(number);
    const size = { mediaType: 'image/jpeg', width: 512, height: 512, blobBytes: 1 };
    const image = { hash, blobHash: hash, recipe: RECIPE, ...size };
    store.samples.savePrepared(id, { kind: 'prepared', image, stamp: { bytes: 1, modifiedMs: 0 } });
  }
  return ids;
}

function saveConversation(store: Store, row: CorpusRow, sampleId: number): number {
  const { requestKey: key, teacher, model, aspect, promptId, imageHash: hash, sampleName } = row;
  const about = { key, teacher, model, aspect, promptId, imageHash: hash, imageName: sampleName };
  const asked = { promptText: promptId, recipe: RECIPE, settings: {}, repeat: 0, maxOutputTokens: 2048 };
  store.requests.plan(runIdOf(PLAN), sampleId, { ...about, ...asked });
  recordAnswer(store, row);
  return store.conversations.save(sampleId, row);
}

function recordAnswer(store: Store, { requestKey, turns }: CorpusRow): void {
  const answer = turns[1]?.text ?? '';
  store.attempts.record({
    runId: runIdOf(PLAN),
    attempt: {
      requestKey,
      number: 1,
      outcome: 'answered',
      reason: 'STOP',
      answer,
      rawBody: JSON.stringify({ text: answer }),
      httpStatus: null,
      retryAfterMs: null,
      modelVersion: null,
      responseId: null,
      usage: { inputTokens: null, outputTokens: null, thinkingTokens: null },
      recordedAt: AT,
      maybeBilled: false,
      startedAt: AT,
      finishedAt: AT,
      costUsd: 0,
      description: answer,
    },
    cleanUps: [],
    settlement: { state: 'answered' },
  });
}
