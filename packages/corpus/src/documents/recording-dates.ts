import type { TeacherFacts } from '@retort/schema';

/** First and last day of a model's answers; null where they were recorded without a date. */
export interface DateSpan {
  readonly first: string;
  readonly last: string;
}

/** What plays recordings: the moments of its attempts are those of the playing, not of the answers. */
const REPLAY = 'replay';

/** When a model gave its answers, as far as anybody wrote it down; days, UTC. */
export function answeredBetween(facts: TeacherFacts): DateSpan | null {
  const first = facts.firstRecordedAt ?? (facts.teacher === REPLAY ? null : facts.firstFinishedAt);
  const last = facts.lastRecordedAt ?? (facts.teacher === REPLAY ? null : facts.lastFinishedAt);
  return first === null || last === null ? null : { first: dayOf(first), last: dayOf(last) };
}

/** Day of the latest recording, or else of the latest attempt; null without any. */
export function latestDay(teachers: readonly TeacherFacts[]): string | null {
  const recorded = teachers.flatMap(({ lastRecordedAt }) => lastRecordedAt ?? []);
  const live = teachers
    .filter(({ teacher }) => teacher !== REPLAY)
    .flatMap(({ lastFinishedAt }) => lastFinishedAt ?? []);
  const replayed = teachers.flatMap(({ lastFinishedAt }) => lastFinishedAt ?? []);
  const said = [...recorded, ...live];
  const latest = (said.length > 0 ? said : replayed).sort().at(-1);
  return latest === undefined ? null : dayOf(latest);
}

function dayOf(moment: string): string {
  return moment.slice(0, 'YYYY-MM-DD'.length);
}
