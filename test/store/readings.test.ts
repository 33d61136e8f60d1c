import { sha256 } from '@retort/schema';
import { describe, expect, it } from 'vitest';
import { migrate, readMigrations } from '../../packages/store/src/migrate.ts';
import { openDatabase } from '../../packages/store/src/open-store.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { fillHome, plannedRequest, RUN_ID, recordedAttempt } from './filled-home.ts';
import { openHome } from './open-home.ts';
import { change, look } from './raw-database.ts';

const MIGRATIONS = readMigrations(new URL('../../packages/store/migrations/', import.meta.url));
const ALL = ['quality', 'correspondence', 'authenticity'] as const;

/** A home with one request about all aspects, answered. */
function combinedHome() {
  const home = temporaryFolder();
  const store = openHome(home);
  const { sampleIds } = fillHome(store, 1);
  const request = { ...plannedRequest(0), key: sha256('combined'), aspect: 'all', aspects: ALL } as const;
  store.requests.unlink(RUN_ID);
  store.requests.plan(RUN_ID, sampleIds[0] ?? 0, request);
  const texts = { quality: 'Soft.', correspondence: 'Close.', authenticity: 'Fake.' };
  store.attempts.record(recordedAttempt(request.key, { description: null, descriptions: texts }));
  return { home, store, key: request.key, texts };
}

describe('a request about several aspects in the store', () => {
  it('serves a row of each aspect, and is one request with one cost', () => {
    const { store, key, texts } = combinedHome();
    const rows = store.conversations.answeredSamples(RUN_ID);
    expect(rows.map(({ aspect, requestKey }) => [aspect, requestKey])).toEqual(
      [...ALL].sort().map((aspect) => [aspect, key]),
    );
    for (const aspect of ALL) {
      expect(store.attempts.answered(key, aspect)?.description).toBe(texts[aspect]);
    }
    expect(store.requests.counts(RUN_ID)).toEqual({ pending: 0, answered: 1, 'dead-letter': 0 });
    expect(store.attempts.spending(RUN_ID)).toMatchObject({ attempts: 1, spentUsd: 0.01 });
  });

  it('has no answer about an aspect of which nothing was said', () => {
    const { home, store, key } = combinedHome();
    change(home, "UPDATE attempts SET descriptions = json_remove(descriptions, '$.quality')");
    expect(store.attempts.answered(key, 'quality')).toBeNull();
    expect(store.attempts.answered(key, 'authenticity')).not.toBeNull();
  });

  it('is a dead letter about all', () => {
    const { home, store } = combinedHome();
    change(home, "UPDATE requests SET state = 'dead-letter'");
    expect(store.requests.deadLetters(RUN_ID, 5)).toMatchObject([{ aspect: 'all' }]);
  });
});

describe('the readings of a store', () => {
  it('are counted on the request, so that what was built from it is known to be old', () => {
    const { store, key } = combinedHome();
    const [stored] = store.readings.page(null, 0, 5);
    expect(stored).toMatchObject({ requestKey: key, aspects: ALL, aspect: 'all' });
    const readings = () => store.conversations.answeredSamples(RUN_ID).map((row) => row.readings);
    expect(readings()).toEqual([0, 0, 0]);
    const reading = {
      outcome: 'answered',
      reason: null,
      answer: 'a',
      cleanUps: [],
      description: null,
    } as const;
    const descriptions = { quality: 'Sharp.', correspondence: 'Close.', authenticity: 'Fake.' };
    store.readings.save([{ ...reading, descriptions, attemptId: stored?.attemptId ?? 0, requestKey: key }]);
    expect(readings()).toEqual([1, 1, 1]);
    expect(store.attempts.answered(key, 'quality')?.description).toBe('Sharp.');
  });
});

describe('0003_add_combined_requests', () => {
  it('leaves a filled home of the version before as it was', () => {
    const home = temporaryFolder();
    const older = MIGRATIONS.filter(({ name }) => name < '0003');
    change(home, 'CREATE TABLE migrations (name TEXT PRIMARY KEY, hash TEXT NOT NULL) STRICT');
    for (const { name, sql } of older) {
      change(home, `${sql}; INSERT INTO migrations VALUES ('${name}', '${sha256(sql)}')`);
    }
    const hash = sha256('x');
    change(
      home,
      `INSERT INTO images (hash, recipe, blob_hash, media_type, width, height, blob_bytes)
       VALUES ('${hash}', 'r', '${hash}', 'image/jpeg', 1, 1, 1);
       INSERT INTO prompt_versions (id, hash, text, saw_label) VALUES ('quality/blind.v1', '${hash}', 'Look.', 0);
       INSERT INTO runs (id, plan, status, started_at, updated_at) VALUES ('run', '{}', 'done', '', '');
       INSERT INTO requests (key, teacher, model, aspect, prompt_id, prompt_text, image_hash, image_name, recipe, settings,
         state, max_output_tokens)
       VALUES ('${hash}', 'gemini', 'm', 'quality', 'quality/blind.v1', 'Look.', '${hash}', 'a.jpg', 'r', '{}', 'answered', 9);
       INSERT INTO attempts (request_key, number, run_id, outcome, answer, description, maybe_billed, started_at, finished_at)
       VALUES ('${hash}', 1, 'run', 'answered', 'It is soft.', 'It is soft.', 0, '', '')`,
    );
    const db = openDatabase(home);
    migrate(db, MIGRATIONS);
    db.close();
    const store = openHome(home);
    expect(store.attempts.answered(hash, 'quality')).toMatchObject({ description: 'It is soft.' });
    expect(look(home, 'SELECT aspects, response_schema, readings FROM requests')).toEqual([
      { aspects: null, response_schema: null, readings: 0 },
    ]);
    expect(look(home, 'SELECT descriptions FROM attempts')).toEqual([{ descriptions: null }]);
  });
});

describe('savePrompt', () => {
  it('takes a version it knows, and refuses the same version with other words or the same words twice', () => {
    const store = openHome(temporaryFolder());
    const prompt = { id: 'quality/mine.v1', hash: sha256('words'), text: 'words', sawLabel: false };
    store.requests.savePrompt(prompt);
    store.requests.savePrompt(prompt);
    expect(() => store.requests.savePrompt({ ...prompt, hash: sha256('other') })).toThrow(
      /quality\/mine\.v1 was used .* other words .* next version/,
    );
    expect(() => store.requests.savePrompt({ ...prompt, id: 'quality/mine.v2' })).toThrow(
      expect.objectContaining({
        code: 'prompt-invalid',
        message: expect.stringContaining('quality/mine.v1'),
      }),
    );
  });
});
