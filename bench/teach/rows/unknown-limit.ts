import type { BenchRow } from '../row.ts';
import {
  allowedIn,
  LOWERED_REQUESTS_PER_MINUTE,
  minuteFacts,
  missingOption,
  REQUESTS_PER_MINUTE,
  refusalsPerAnswer,
  runLimited,
  sumOf,
} from './rate-limit.ts';

const MINUTES = 6;
/** Minutes in which the limit may still be looked for. */
const LEARNING = 2;
/** The limit changes at the end of this minute. */
const LOWER_AFTER = 4;

/** Six minutes with nothing told; the first two are reported, the others judged. The limit falls to half after the fourth. */
function unknownLimitRow(name: string, workers: number): BenchRow {
  const with_ = workers > 1 ? `, ${workers} workers` : '';
  const about = `answered ÷ unknown limit (600, then 300/min), minutes 3 to 6${with_}`;
  return {
    name,
    about,
    async run(bed) {
      const options = { known: false, workers };
      const reason = missingOption(options, bed);
      if (reason !== null) return { kind: 'unavailable', reason };
      const run = await runLimited(bed, options, { minutes: MINUTES, lowerAfter: LOWER_AFTER });
      const judged = sumOf(run.minutes.slice(LEARNING));
      const lowered = sumOf(run.minutes.slice(LOWER_AFTER));
      const { minuteMs } = bed.sizes;
      const allowed =
        (LOWER_AFTER - LEARNING) * allowedIn(minuteMs, REQUESTS_PER_MINUTE) +
        (MINUTES - LOWER_AFTER) * allowedIn(minuteMs, LOWERED_REQUESTS_PER_MINUTE);
      return {
        kind: 'measured',
        checks: [
          { what: about, measured: judged.answered / allowed, must: { atLeast: 0.95 } },
          {
            what: '429s an answer, minutes 3 to 6',
            measured: refusalsPerAnswer(judged),
            must: { atMost: 0.1 },
          },
          { what: 'lost', measured: run.lost, must: { atMost: 0 } },
        ],
        n: sumOf(run.minutes).answered,
        facts: {
          ...minuteFacts(run),
          answered_share_after_the_change:
            lowered.answered / ((MINUTES - LOWER_AFTER) * allowedIn(minuteMs, LOWERED_REQUESTS_PER_MINUTE)),
        },
      };
    },
  };
}

export const unknownLimit = unknownLimitRow('unknown-limit', 1);
export const unknownLimitTwoWorkers = unknownLimitRow('unknown-limit-2w', 2);
