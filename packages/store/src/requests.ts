import { aspectsAsked } from '@retort/schema';
import type { Database } from 'better-sqlite3';
import { createDueRequests, type DueRequests, OF_RUN, type OfRun } from './due-requests.ts';
import { createPromptVersions } from './prompt-versions.ts';
import type { DeadLetter, PlannedRequest, PromptVersion, RequestState } from './request-rows.ts';

export interface RequestTable extends DueRequests {
  /** @throws PromptVersionChangedError the store knows this version with other words */
  savePrompt(prompt: PromptVersion): void;
  /** Forgets which samples the run's requests serve: planning ties again those that it still needs. */
  unlink(runId: string): void;
  /** Adds the request unless its content is known, and ties it to the sample that it serves in this run, under each aspect it asks about. */
  plan(runId: string, sampleId: number, request: PlannedRequest): void;
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

export function createRequestTable(db: Database): RequestTable {
  const prompts = createPromptVersions(db);
  const insert = db.prepare(
    `INSERT INTO requests (key, teacher, model, aspect, prompt_id, prompt_text, image_hash, image_name, recipe, settings,
       repeat, max_output_tokens, aspects, response_schema)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING`,
  );
  const link = db.prepare(
    `INSERT INTO sample_requests (run_id, sample_id, aspect, request_key) VALUES (?, ?, ?, ?)
     ON CONFLICT (run_id, sample_id, aspect) DO UPDATE SET request_key = excluded.request_key`,
  );
  const unlink = db.prepare('DELETE FROM sample_requests WHERE run_id = ?');
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
    ...createDueRequests(db),
    stateOf: (requestKey) => stateOf.get(requestKey)?.state ?? null,
    savePrompt: (prompt) => prompts.save(prompt),
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
      const aspects = request.aspects === undefined ? null : JSON.stringify(request.aspects);
      const schema = request.responseSchema === undefined ? null : JSON.stringify(request.responseSchema);
      insert.run(...content, request.repeat, request.maxOutputTokens, aspects, schema);
      for (const asked of aspectsAsked(request)) link.run(runId, sampleId, asked, key);
    },
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
