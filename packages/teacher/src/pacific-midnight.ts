const PACIFIC_PARTS = new Intl.DateTimeFormat('en-US', {
  timeZone: 'America/Los_Angeles',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  hourCycle: 'h23',
});

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

function pacificParts(date: Date): { year: number; month: number; day: number; hour: number } {
  const parts = new Map(PACIFIC_PARTS.formatToParts(date).map(({ type, value }) => [type, Number(value)]));
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? Number.NaN;
  return { year: part('year'), month: part('month'), day: part('day'), hour: part('hour') };
}
