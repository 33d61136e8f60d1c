import type { TeacherFacts } from '@retort/schema';
import type { Database } from 'better-sqlite3';

export function createCorpusTeachers(db: Database): (corpusKey: string) => TeacherFacts[] {
  const facts = db.prepare<[string], TeacherFacts>(
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
