const PACIFIC_DATE = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'America/Los_Angeles',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
});

const QUARTER_HOUR_MS = 900_000;

/** The date in Los Angeles, `2026-11-23`: requests a day are counted by it. */
export function pacificDayOf(nowMs: number): string {
  return PACIFIC_DATE.format(nowMs);
}

/** The same, looking at the calendar only when a quarter of an hour begins: it is slow, and a midnight begins one too. */
export function createPacificDay(): (nowMs: number) => string {
  let quarter = Number.NaN;
  let day = '';
  return (nowMs) => {
    const now = Math.floor(nowMs / QUARTER_HOUR_MS);
    if (now !== quarter) {
      quarter = now;
      day = pacificDayOf(nowMs);
    }
    return day;
  };
}
