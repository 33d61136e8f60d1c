import type { Database } from 'better-sqlite3';

/** Dead letters of a run that ended alike. */
export interface FailureGroup {
  /** Of the last attempt; `none` for a request that was given up on without one. */
  readonly outcome: string;
  readonly reason: string;
  readonly requests: number;
  readonly examples: readonly { readonly image: string; readonly aspect: string }[];
}

export interface FailureTable {
  /** Largest first, each with at most `examples` of its images. */
  groups(runId: string, examples: number): FailureGroup[];
}

interface GroupRecord extends Omit<FailureGroup, 'examples'> {
  examples: string;
}

export function createFailureTable(db: Database): FailureTable {
  const groups = db.prepare<[{ runId: string; examples: number }], GroupRecord>(
    `WITH dead AS (
       SELECT r.image_name AS image, r.aspect, coalesce(r.state_reason, '') AS reason,
         coalesce((SELECT a.outcome FROM attempts a WHERE a.request_key = r.key ORDER BY a.number DESC LIMIT 1), 'none')
           AS outcome
       FROM requests r
       WHERE r.state = 'dead-letter'
         AND EXISTS (SELECT 1 FROM sample_requests sr WHERE sr.request_key = r.key AND sr.run_id = @runId)
     ), placed AS (
       SELECT *, row_number() OVER (PARTITION BY outcome, reason ORDER BY image, aspect) AS place FROM dead
     )
     SELECT outcome, reason, count(*) AS requests,
       json_group_array(json_object('image', image, 'aspect', aspect) ORDER BY place)
         FILTER (WHERE place <= @examples) AS examples
     FROM placed GROUP BY outcome, reason ORDER BY requests DESC, outcome, reason`,
  );
  return {
    groups: (runId, examples) =>
      groups.all({ runId, examples }).map((row) => ({
        ...row,
        examples: JSON.parse(row.examples) as FailureGroup['examples'], // made by the statement above
      })),
  };
}
