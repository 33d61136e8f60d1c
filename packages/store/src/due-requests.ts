import type { Aspect, GenerationSettings, RequestAspect, ResponseSchema } from '@retort/schema';
import type { Database } from 'better-sqlite3';
import type { DueRequest } from './request-rows.ts';

/** What is still to be asked. */
export interface DueRequests {
  /**
   * Pending requests of a run that may be asked at `now` (UTC ISO 8601): first those that wait for nothing, as they were planned,
   * from behind the position `after` on; then those that have waited, longest first.
   */
  due(runId: string, now: string, limit: number, after?: number): DueRequest[];
  /** All pending requests of a run, one at a time; nothing else can be done with the store in between. */
  eachPending(runId: string): IterableIterator<DueRequest>;
  /** When the next waiting request may be asked; null when none waits. */
  nextDueAt(runId: string): string | null;
}

export interface OfRun {
  readonly runId: string;
}

/** Of a request `r`: it serves a sample of the run @runId. */
export const OF_RUN =
  'EXISTS (SELECT 1 FROM sample_requests sr WHERE sr.request_key = r.key AND sr.run_id = @runId)';

const PENDING = `SELECT r.*, r.rowid AS position, i.blob_hash, i.media_type, i.width, i.height,
    1 + max(
      (SELECT coalesce(max(a.number), 0) FROM attempts a WHERE a.request_key = r.key),
      (SELECT coalesce(max(v.number), 0) FROM reservations v WHERE v.request_key = r.key)
    ) AS next_number
  FROM requests r JOIN images i ON i.hash = r.image_hash
  WHERE r.state = 'pending' AND ${OF_RUN}`;

export interface DueRecord {
  key: string;
  teacher: string;
  model: string;
  aspect: RequestAspect;
  aspects: string | null;
  response_schema: string | null;
  prompt_id: string;
  prompt_text: string;
  image_hash: string;
  image_name: string;
  recipe: string;
  settings: string;
  repeat: number;
  max_output_tokens: number;
  position: number;
  next_number: number;
  not_before_at: string | null;
  blob_hash: string;
  media_type: string;
  width: number;
  height: number;
}

export function createDueRequests(db: Database): DueRequests {
  const fresh = db.prepare<[OfRun & { after: number; limit: number }], DueRecord>(
    `${PENDING} AND r.not_before_at IS NULL AND r.rowid > @after ORDER BY r.rowid LIMIT @limit`,
  );
  const waited = db.prepare<[OfRun & { now: string; limit: number }], DueRecord>(
    `${PENDING} AND r.not_before_at <= @now ORDER BY r.not_before_at, r.rowid LIMIT @limit`,
  );
  const pending = db.prepare<[OfRun], DueRecord>(PENDING);
  const nextDue = db.prepare<[OfRun], { at: string | null }>(
    `SELECT r.not_before_at AS at FROM requests r
     WHERE r.state = 'pending' AND r.not_before_at IS NOT NULL AND ${OF_RUN} ORDER BY r.not_before_at LIMIT 1`,
  );
  return {
    due(runId, now, limit, after = 0) {
      const first = fresh.all({ runId, after, limit });
      const rest = first.length < limit ? waited.all({ runId, now, limit: limit - first.length }) : [];
      return [...first, ...rest].map(toDue);
    },
    *eachPending(runId) {
      for (const record of pending.iterate({ runId })) yield toDue(record);
    },
    nextDueAt: (runId) => nextDue.get({ runId })?.at ?? null,
  };
}

export function toDue(row: DueRecord): DueRequest {
  return {
    key: row.key,
    teacher: row.teacher,
    model: row.model,
    aspect: row.aspect,
    // Both were written by RequestTable.plan(), and nowhere else.
    ...(row.aspects === null ? {} : { aspects: JSON.parse(row.aspects) as Aspect[] }),
    ...(row.response_schema === null
      ? {}
      : { responseSchema: JSON.parse(row.response_schema) as ResponseSchema }),
    promptId: row.prompt_id,
    promptText: row.prompt_text,
    imageHash: row.image_hash,
    imageName: row.image_name,
    recipe: row.recipe,
    settings: JSON.parse(row.settings) as GenerationSettings, // written by RequestTable.plan(), and nowhere else
    repeat: row.repeat,
    maxOutputTokens: row.max_output_tokens,
    position: row.position,
    nextNumber: row.next_number,
    notBeforeAt: row.not_before_at,
    blobHash: row.blob_hash,
    mediaType: row.media_type,
    width: row.width,
    height: row.height,
  };
}
