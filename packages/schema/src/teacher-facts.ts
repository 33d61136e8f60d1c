/** Sums over the attempts behind a corpus that one model version of a teacher made. Moments are UTC ISO 8601 text. */
export interface TeacherFacts {
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
