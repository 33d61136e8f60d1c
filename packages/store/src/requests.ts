import type { Aspect, GenerationSettings } from '@retort/schema';
import type { Database } from 'better-sqlite3';
import type { DeadLetter, DueRequest, PlannedRequest, PromptVersion, RequestState } from './request-rows.ts';

export interface RequestTable {
  savePrompt(prompt: PromptVersion): void;
  /** Forgets which samples the run's requests serve: planning ties again those that it still needs. */
  unlink(runId: string): void;
  /** Adds the request unless its content is known, and ties it to the sample it serves in this run. */
  plan(runId: string, sampleId: number, request: PlannedRequest): void;
  /** Pending requests of a run that may be asked at `now` (UTC ISO 8601), least attempted first. */
  due(runId: string, now: string, limit: number): DueRequest[];
  /** When the next waiting request may be asked; null when none waits. */
  nextDueAt(runId: string): string | null;
  counts(runId: string): Record<RequestState, number>;
  /** Null for a request that was never planned. */
  stateOf(requestKey: string): RequestState | null;
  deadLetters(runId: string, limit: number): DeadLetter[];
  /** Gives dead letters another chance; only those that ended in `outcome`, when given. Returns how many. */
  retry(runId: string, outcome: string | null): number;
  reserve(runId: string, requestKey: string, number: number, usd: number): void;
  /** Gives money back for a call that was certainly not made. */
  release(requestKey: string, number: number): void;
}

export interface DueRecord {
  key: string;
  teacher: string;
  model: string;
  aspect: Aspect;
  prompt_id: string;
  prompt_text: string;
  image_hash: string;
  image_name: string;
  recipe: string;
  settings: string;
  repeat: number;
  max_output_tokens: number;
  next_number: number;
  blob_hash: string;
  media_type: string;
  width: number;
  height: number;
}

interface OfRun {
  readonly runId: string;
}

const OF_RUN =
  'EXISTS (SELECT 1 FROM sample_requests sr WHERE sr.request_key = r.key AND sr.run_id = @runId)';

export function createRequestTable(db: Database): RequestTable {
  const savePrompt = db.prepare(
    'INSERT INTO prompt_versions (id, hash, text, saw_label) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING',
  );
  const insert = db.prepare(
    `INSERT INTO requests (key, teacher, model, aspect, prompt_id, prompt_text, image_hash, image_name, recipe, settings,
       repeat, max_output_tokens)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING`,
  );
  const link = db.prepare(
    `INSERT INTO sample_requests (run_id, sample_id, aspect, request_key) VALUES (?, ?, ?, ?)
     ON CONFLICT (run_id, sample_id, aspect) DO UPDATE SET request_key = excluded.request_key`,
  );
  const unlink = db.prepare('DELETE FROM sample_requests WHERE run_id = ?');
  const due = db.prepare<[OfRun & { now: string; limit: number }], DueRecord>(
    `SELECT r.*, i.blob_hash, i.media_type, i.width, i.height,
       1 + max(
         (SELECT coalesce(max(a.number), 0) FROM attempts a WHERE a.request_key = r.key),
         (SELECT coalesce(max(v.number), 0) FROM reservations v WHERE v.request_key = r.key)
       ) AS next_number
     FROM requests r JOIN images i ON i.hash = r.image_hash
     WHERE r.state = 'pending' AND ${OF_RUN} AND (r.not_before_at IS NULL OR r.not_before_at <= @now)
     ORDER BY r.not_before_at, r.key LIMIT @limit`,
  );
  const nextDue = db.prepare<[OfRun], { at: string | null }>(
    `SELECT min(r.not_before_at) AS at FROM requests r WHERE r.state = 'pending' AND ${OF_RUN}`,
  );
  const counts = db.prepare<[OfRun], { state: RequestState; n: number }>(
    `SELECT r.state, count(*) AS n FROM requests r WHERE ${OF_RUN} GROUP BY r.state`,
  );
  const deadLetters = db.prepare<[OfRun & { limit: number }], DeadLetter>(
    `SELECT r.key AS requestKey, r.image_name AS imageName, r.aspect,
       coalesce((SELECT a.outcome FROM attempts a WHERE a.request_key = r.key ORDER BY a.number DESC LIMIT 1), 'none') AS outcome,
       coalesce(r.state_reason, '') AS reason,
       (SELECT count(*) FROM attempts a WHERE a.request_key = r.key) AS attempts
     FROM requests r WHERE r.state = 'dead-letter' AND ${OF_RUN} ORDER BY r.image_name, r.aspect LIMIT @limit`,
  );
  const retry = db.prepare<[OfRun & { outcome: string | null }]>(
    `UPDATE requests AS r SET state = 'pending', state_reason = NULL, not_before_at = NULL,
       counted_from = (SELECT coalesce(max(a.number), 0) + 1 FROM attempts a WHERE a.request_key = r.key)
     WHERE r.state = 'dead-letter' AND ${OF_RUN} AND (@outcome IS NULL OR @outcome =
       (SELECT a.outcome FROM attempts a WHERE a.request_key = r.key ORDER BY a.number DESC LIMIT 1))`,
  );
  const reserve = db.prepare(
    'INSERT INTO reservations (run_id, request_key, number, usd) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const release = db.prepare('DELETE FROM reservations WHERE request_key = ? AND number = ?');
  const stateOf = db.prepare<[string], { state: RequestState }>('SELECT state FROM requests WHERE key = ?');
  return {
    stateOf: (requestKey) => stateOf.get(requestKey)?.state ?? null,
    savePrompt: ({ id, hash, text, sawLabel }) => {
      savePrompt.run(id, hash, text, sawLabel ? 1 : 0);
    },
    unlink: (runId) => {
      unlink.run(runId);
    },
    plan(runId, sampleId, request) {
      const { key, teacher, model, aspect, promptId, promptText, imageHash, imageName, recipe } = request;
      const settings = JSON.stringify(request.settings);
      const content = [
        key,
        teacher,
        model,
        aspect,
        promptId,
        promptText,
        imageHash,
        imageName,
        recipe,
        settings,
      ];
      insert.run(...content, request.repeat, request.maxOutputTokens);
      link.run(runId, sampleId, aspect, key);
    },
    due: (runId, now, limit) => due.all({ runId, now, limit }).map(toDue),
    nextDueAt: (runId) => nextDue.get({ runId })?.at ?? null,
    counts(runId) {
      const found = new Map(counts.all({ runId }).map(({ state, n }) => [state, n]));
      return {
        pending: found.get('pending') ?? 0,
        answered: found.get('answered') ?? 0,
        'dead-letter': found.get('dead-letter') ?? 0,
      };
    },
    deadLetters: (runId, limit) => deadLetters.all({ runId, limit }),
    retry: (runId, outcome) => retry.run({ runId, outcome }).changes,
    release: (requestKey, number) => {
      release.run(requestKey, number);
    },
    reserve: (runId, requestKey, number, usd) => {
      reserve.run(runId, requestKey, number, usd);
    },
  };
}

export function toDue(row: DueRecord): DueRequest {
  return {
    key: row.key,
    teacher: row.teacher,
    model: row.model,
    aspect: row.aspect,
    promptId: row.prompt_id,
    promptText: row.prompt_text,
    imageHash: row.image_hash,
    imageName: row.image_name,
    recipe: row.recipe,
    settings: JSON.parse(row.settings) as GenerationSettings, // written by plan() above, and nowhere else
    repeat: row.repeat,
    maxOutputTokens: row.max_output_tokens,
    nextNumber: row.next_number,
    blobHash: row.blob_hash,
    mediaType: row.media_type,
    width: row.width,
    height: row.height,
  };
}
