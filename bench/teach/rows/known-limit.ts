import type { BenchRow } from '../row.ts';
import {
  allowedIn,
  minuteFacts,
  missingOption,
  REQUESTS_PER_MINUTE,
  refusalsPerAnswer,
  runLimited,
  sumOf,
} from './rate-limit.ts';

const MINUTES = 2;

/** Two minutes from the first call on, with the limit told. */
function knownLimitRow(name: string, workers: number): BenchRow {
  const with_ = workers > 1 ? `, ${workers} workers` : '';
  const about = `answered ÷ known limit (600/min), 2 min${with_}`;
  return {
    name,
    about,
    async run(bed) {
      const options = { known: true, workers };
      const reason = missingOption(options, bed);
      if (reason !== null) return { kind: 'unavailable', reason };
      const run = await runLimited(bed, options, { minutes: MINUTES, lowerAfter: null });
      const all = sumOf(run.minutes);
      const allowed = MINUTES * allowedIn(bed.sizes.minuteMs, REQUESTS_PER_MINUTE);
      return {
        kind: 'measured',
        checks: [
          { what: about, measured: all.answered / allowed, must: { atLeast: 0.98 } },
          { what: '429s an answer', measured: refusalsPerAnswer(all), must: { atMost: 0.01 } },
        ],
        n: all.answered,
        facts: { ...minuteFacts(run), lost: run.lost },
      };
    },
  };
}

export const knownLimit = knownLimitRow('known-limit', 1);
export const knownLimitTwoWorkers = knownLimitRow('known-limit-2w', 2);
