import type { Database } from 'better-sqlite3';

/** Sums over the attempts behind a corpus that one model version of a teacher made. Moments are UTC ISO 8601 text. */
export interface CorpusTeacherFacts {
  readonly teacher: string;
  readonly model: string;
  /** By its own account; null where no answer said, and of attempts without an answer. */
  readonly modelVersion: string | null;
  readonly attempts: number;
  readonly answers: number;
  /** When recorded answers were first given; null where no recording says. */
  readonly firstRecordedAt: string | null;
  readonly lastRecordedAt: string | null;
  /** When attempts with an answer ended; null without one. */
  readonly firstFinishedAt: string | null;
  readonly lastFinishedAt: string | null;
  /** USD of the attempts whose cost is known. */
  readonly knownUsd: number;
  /** Attempts that may have cost something nobody knows. */
  readonly unknownCost: number;
}

export function createCorpusTeachers(db: Database): (corpusKey: string) => CorpusTeacherFacts[] {
  const facts = db.prepare<[string], CorpusTeacherFacts>(
    `WITH asked AS (
       SELECT DISTINCT c.request_key FROM corpus_rows cr JOIN conversations c ON c.id = cr.conversation_id
       WHERE cr.corpus_key = ?
     )
     SELECT r.teacher, r.model, a.model_version AS modelVersion, count(*) AS attempts,
       sum(a.outcome = 'answered') AS answers,
       min(a.recorded_at) AS firstRecordedAt, max(a.recorded_at) AS lastRecordedAt,
       min(a.finished_at) FILTER (WHERE a.outcome = 'answered') AS firstFinishedAt,
       max(a.finished_at) FILTER (WHERE a.outcome = 'answered') AS lastFinishedAt,
       coalesce(sum(a.cost_usd), 0) AS knownUsd,
       sum(a.cost_usd IS NULL AND (a.maybe_billed OR a.outcome IN ('answered', 'malformed', 'truncated', 'blocked')))
         AS unknownCost
     FROM asked JOIN requests r ON r.key = asked.request_key JOIN attempts a ON a.request_key = r.key
     GROUP BY r.teacher, r.model, a.model_version ORDER BY r.teacher, r.model, a.model_version`,
  );
  return (corpusKey) => facts.all(corpusKey);
}
