import type { Aspect, ReviewDecision } from '@retort/schema';
import type { Database } from 'better-sqlite3';

/** What a decision is about: one sample's text on one aspect, as one request brought it. */
export interface ReviewRowKey {
  readonly sampleId: number;
  readonly aspect: Aspect;
  readonly requestKey: string;
}

export interface NewReview {
  readonly decision: ReviewDecision | 'undone';
  /** The teacher's description as it is read today. */
  readonly original: string;
  /** The description as a person wrote it; null where the teacher's stands. Never null with `edited`. */
  readonly text: string | null;
  readonly note: string | null;
  readonly reviewer: string | null;
  /** UTC ISO 8601. */
  readonly decidedAt: string;
  /** Id of the entry that this one takes back; null unless `undone`. */
  readonly undoes: number | null;
}

export interface ReviewEntry extends NewReview {
  readonly id: number;
}

/** A conversation of a run that can be reviewed, with the decision that stands. */
export interface ReviewableRow extends ReviewRowKey {
  readonly sampleName: string;
  readonly dataset: string;
  readonly imagePrompt: string | null;
  readonly promptId: string;
  readonly model: string;
  readonly sawLabel: boolean;
  /** The teacher's, as it is read today. */
  readonly description: string;
  /** Null where nobody decided, or all was taken back. */
  readonly standing: ReviewEntry | null;
}

/** A decision that counts for a run's corpus; without who, when and why, which change no corpus. */
export interface PinnedReview extends ReviewRowKey {
  readonly decision: ReviewDecision;
  readonly original: string;
  readonly text: string | null;
}

export type SampleReview = ReviewEntry & ReviewRowKey;

export interface ReviewTable {
  /** Appends an entry. @returns its id */
  add(row: ReviewRowKey, entry: NewReview): number;
  /** Every entry about a row, oldest first. */
  ofRow(row: ReviewRowKey): ReviewEntry[];
  /** The latest entry about a row that wasn't taken back; null without one. */
  standing(row: ReviewRowKey): ReviewEntry | null;
  /** Every entry about a sample, oldest first. */
  ofSample(sampleId: number): SampleReview[];
  /** What a run can review, by sample name and aspect, one at a time. */
  rows(runId: string): IterableIterator<ReviewableRow>;
  /** Rows of a run whose sample has this name. */
  find(runId: string, name: string): ReviewableRow[];
  /** Rows of a run whose sample's name ends in this after a `/`; looks at every row. */
  findEnding(runId: string, name: string): ReviewableRow[];
  /** Lets every decision made so far count for a run. */
  pin(runId: string): void;
  /** The decisions that count for a run, ordered by sample, aspect and request. */
  pinned(runId: string): PinnedReview[];
}

const ENTRY = `v.id, v.decision, v.original, v.text, v.note, v.reviewer, v.decided_at AS decidedAt, v.undoes`;

/** Latest entry about a row, of those up to `until`, that none up to there takes back. */
const standingId = (row: string, until: string): string => `(SELECT max(w.id) FROM reviews w
  WHERE w.sample_id = ${row}.sample_id AND w.aspect = ${row}.aspect AND w.request_key = ${row}.request_key
    AND w.id <= ${until} AND w.decision <> 'undone'
    AND NOT EXISTS (SELECT 1 FROM reviews u WHERE u.undoes = w.id AND u.id <= ${until}))`;

const FOREVER = '9223372036854775807';

/** By name the datasets come first: their index of names finds the sample without a look at every row of the run. */
const selectRows = (from: string, where: string): string => `SELECT * FROM (SELECT sr.sample_id AS sampleId,
    s.name AS sampleName, d.name AS dataset, sr.aspect, sr.request_key AS requestKey, s.image_prompt AS imagePrompt,
    r.prompt_id AS promptId, r.model, p.saw_label AS sawLabel,
    (SELECT coalesce(a.description, a.descriptions ->> sr.aspect) FROM attempts a
     WHERE a.request_key = r.key AND coalesce(a.description, a.descriptions ->> sr.aspect) IS NOT NULL
     ORDER BY a.number DESC LIMIT 1) AS description,
    ${standingId('sr', FOREVER)} AS standingId
  FROM ${from}
  JOIN requests r ON r.key = sr.request_key
  JOIN prompt_versions p ON p.id = r.prompt_id
  JOIN images i ON i.hash = s.image_hash
  WHERE sr.run_id = @runId AND r.state = 'answered' AND s.present = 1 AND ${where}
  ORDER BY s.name, sr.aspect) WHERE description IS NOT NULL`;

const OF_RUN =
  'sample_requests sr JOIN samples s ON s.id = sr.sample_id JOIN datasets d ON d.id = s.dataset_id';
const BY_NAME = `datasets d CROSS JOIN samples s ON s.dataset_id = d.id AND s.name = @name
  CROSS JOIN sample_requests sr ON sr.sample_id = s.id`;

type RowRecord = Omit<ReviewableRow, 'sawLabel' | 'standing'> & {
  readonly sawLabel: number;
  readonly standingId: number | null;
};

export function createReviewTable(db: Database): ReviewTable {
  const insert = db.prepare(
    `INSERT INTO reviews (sample_id, aspect, request_key, decision, original, text, note, reviewer, decided_at, undoes)
     VALUES (@sampleId, @aspect, @requestKey, @decision, @original, @text, @note, @reviewer, @decidedAt, @undoes)`,
  );
  const byId = db.prepare<[number], ReviewEntry>(`SELECT ${ENTRY} FROM reviews v WHERE v.id = ?`);
  const ofRow = db.prepare<[ReviewRowKey], ReviewEntry>(
    `SELECT ${ENTRY} FROM reviews v
     WHERE v.sample_id = @sampleId AND v.aspect = @aspect AND v.request_key = @requestKey ORDER BY v.id`,
  );
  const ofSample = db.prepare<[number], SampleReview>(
    `SELECT ${ENTRY}, v.sample_id AS sampleId, v.aspect, v.request_key AS requestKey FROM reviews v
     WHERE v.sample_id = ? ORDER BY v.id`,
  );
  const rows = db.prepare<[{ runId: string }], RowRecord>(selectRows(OF_RUN, 'TRUE'));
  const named = db.prepare<[{ runId: string; name: string }], RowRecord>(selectRows(BY_NAME, 'TRUE'));
  const ending = db.prepare<[{ runId: string; ending: string }], RowRecord>(
    selectRows(OF_RUN, "s.name LIKE @ending ESCAPE '\\'"),
  );
  const pin = db.prepare(
    'UPDATE runs SET reviews_until = (SELECT coalesce(max(id), 0) FROM reviews) WHERE id = ?',
  );
  const pinned = db.prepare<[string], PinnedReview>(
    `SELECT sr.sample_id AS sampleId, sr.aspect, sr.request_key AS requestKey, v.decision, v.original, v.text
     FROM runs n JOIN reviews v ON v.id <= n.reviews_until
     JOIN sample_requests sr ON sr.run_id = n.id AND sr.sample_id = v.sample_id AND sr.aspect = v.aspect
       AND sr.request_key = v.request_key
     WHERE n.id = ? AND v.id = ${standingId('v', 'n.reviews_until')}
     ORDER BY sr.sample_id, sr.aspect, sr.request_key`,
  );
  const toRow = ({ sawLabel, standingId: id, ...row }: RowRecord): ReviewableRow => ({
    ...row,
    sawLabel: sawLabel === 1,
    standing: id === null ? null : (byId.get(id) ?? null),
  });
  const entriesOf = ({ sampleId, aspect, requestKey }: ReviewRowKey) =>
    ofRow.all({ sampleId, aspect, requestKey });
  return {
    add({ sampleId, aspect, requestKey }, entry) {
      return Number(insert.run({ ...entry, sampleId, aspect, requestKey }).lastInsertRowid);
    },
    ofRow: entriesOf,
    standing(row) {
      const entries = entriesOf(row);
      const undone = new Set(entries.map(({ undoes }) => undoes));
      return entries.findLast(({ id, decision }) => decision !== 'undone' && !undone.has(id)) ?? null;
    },
    ofSample: (sampleId) => ofSample.all(sampleId),
    *rows(runId) {
      for (const row of rows.iterate({ runId })) yield toRow(row);
    },
    find: (runId, name) => named.all({ runId, name }).map(toRow),
    findEnding: (runId, name) =>
      ending.all({ runId, ending: `%/${name.replaceAll(/[\\%_]/g, '\\$&')}` }).map(toRow),
    pin: (runId) => {
      pin.run(runId);
    },
    pinned: (runId) => pinned.all(runId),
  };
}
