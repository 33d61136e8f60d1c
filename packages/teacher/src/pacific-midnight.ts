const PACIFIC_PARTS = new Intl.DateTimeFormat('en-US', {
  timeZone: 'America/Los_Angeles',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  hourCycle: 'h23',
});

const DAY_AND_A_BIT_MS = 25.5 * 60 * 60 * 1000;

/** Hours by which UTC is ahead of Pacific time: daylight saving, standard. */
const UTC_AHEAD_HOURS = [7, 8] as const;

/** The next midnight in Los Angeles after `now`: when Google's daily quotas start anew. */
export function nextPacificMidnight(now: Date): Date {
  const { year, month, day } = pacificParts(now);
  const candidates = UTC_AHEAD_HOURS.map((hours) => new Date(Date.UTC(year, month - 1, day + 1, hours)));
  const midnight = candidates.find((candidate) => pacificParts(candidate).hour === 0);
  // Clocks there change at 2 a.m., so one of the two offsets holds at every midnight.
  return midnight ?? new Date(Date.UTC(year, month - 1, day + 1, 8));
}

/** The day in Los Angeles that `now` is in: what Google's daily quotas count over. */
export function pacificDay(now: Date): {
  readonly name: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
} {
  const endsAt = nextPacificMidnight(now);
  // Between the midnight before and the one before that, whether the day has 23, 24 or 25 hours.
  const startsAt = nextPacificMidnight(new Date(endsAt.getTime() - DAY_AND_A_BIT_MS));
  const { year, month, day } = pacificParts(now);
  return { name: `${year}-${month}-${day}`, startsAt, endsAt };
}

function pacificParts(date: Date): { year: number; month: number; day: number; hour: number } {
  const parts = new Map(PACIFIC_PARTS.formatToParts(date).map(({ type, value }) => [type, Number(value)]));
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? Number.NaN;
  return { year: part('year'), month: part('month'), day: part('day'), hour: part('hour') };
}
