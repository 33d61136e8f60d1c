import { ASPECTS, sha256 } from '@retort/schema';
import { openStore, type PlannedRequest, type Store, storeFile } from '@retort/store';
import SqliteDatabase from 'better-sqlite3';

/** Samples a transaction, three requests each. */
const SAMPLES_PER_COMMIT = 5_000;
const DATASET = 'planned-by-the-bench';

interface KnownRequest {
  runId: string;
  model: string;
  promptId: string;
  promptText: string;
  imageHash: string;
  recipe: string;
  maxOutputTokens: number;
}

/**
 * Adds `rows` pending requests to a home's latest run, through the store's own methods. Their texts and pictures are those of
 * a request that is there already; their keys are new. Takes about a minute a million.
 *
 * @returns seconds taken
 */
export function planManyRequests(home: string, rows: number): number {
  const startedAt = performance.now();
  const known = knownRequest(home);
  const store = openStore(home);
  try {
    const samples = addSamples(store, Math.ceil(rows / ASPECTS.length));
    for (let start = 0; start < samples.length; start += SAMPLES_PER_COMMIT) {
      store.transaction(() => {
        for (const sampleId of samples.slice(start, start + SAMPLES_PER_COMMIT)) {
          for (const aspect of ASPECTS)
            store.requests.plan(known.runId, sampleId, requestOf(known, sampleId, aspect));
        }
      });
    }
  } finally {
    store.close();
  }
  return (performance.now() - startedAt) / 1000;
}

function requestOf(known: KnownRequest, sampleId: number, aspect: PlannedRequest['aspect']): PlannedRequest {
  const { model, promptId, promptText, imageHash, recipe, maxOutputTokens } = known;
  return {
    key: sha256(`${DATASET} ${sampleId} ${aspect}`),
    teacher: 'gemini',
    model,
    aspect,
    promptId,
    promptText,
    imageHash,
    imageName: `planned-${sampleId}`,
    recipe,
    settings: {},
    repeat: 0,
    maxOutputTokens,
  };
}

/** Samples of a dataset of their own, which no run imports or prepares. */
function addSamples(store: Store, count: number): number[] {
  const datasetId = store.datasets.save(sha256(DATASET), {
    name: DATASET,
    reader: 'csv',
    scale: { min: 0, max: 5 },
    ratedAspects: [],
    licence: null,
    source: null,
  });
  for (let start = 0; start < count; start += SAMPLES_PER_COMMIT) {
    store.transaction(() => {
      for (let row = start; row < Math.min(count, start + SAMPLES_PER_COMMIT); row += 1) {
        store.datasets.saveSample(datasetId, {
          name: `planned-${row}`,
          row,
          imagePath: '/nowhere',
          imagePrompt: 'a picture of noise',
          generator: null,
          generatorSetting: null,
          publishedSplit: null,
          ratings: [],
        });
      }
    });
  }
  return store.samples.stamps(datasetId).map(({ id }) => id);
}

/** A request of the home's only run. */
function knownRequest(home: string): KnownRequest {
  const db = new SqliteDatabase(storeFile(home), { readonly: true });
  try {
    const known = db
      .prepare<[], KnownRequest>(
        `SELECT sr.run_id AS runId, r.model, r.prompt_id AS promptId, r.prompt_text AS promptText, r.image_hash AS imageHash,
           r.recipe, r.max_output_tokens AS maxOutputTokens
         FROM requests r JOIN sample_requests sr ON sr.request_key = r.key LIMIT 1`,
      )
      .get();
    if (known === undefined) throw new Error(`${home} has no request to plan others like`);
    return known;
  } finally {
    db.close();
  }
}
