import type { Finding } from '../../measurement.ts';
import type { BenchRow } from '../../row.ts';
import type { CorpusBed } from '../bed.ts';
import { NEAR_DUPLICATES, runTask } from '../run-task.ts';
import { logLogSlope } from '../slope.ts';

const MIB = 2 ** 20;
/** 2 is the search that compares each image with each other one. */
const SLOPE_MAX = 1.5;

/** Growth of the search for images that look alike. */
export const nearDuplicatesRow: BenchRow<CorpusBed> = {
  name: 'near-duplicates',
  about: 'the audit’s search for near-duplicate images, one in a hundred planted',
  async run(bed): Promise<Finding> {
    const [smallRows, largeRows] = bed.sizes.nearDuplicates;
    const small = await runTask(bed, NEAR_DUPLICATES, smallRows);
    const large = await runTask(bed, NEAR_DUPLICATES, largeRows);
    return {
      kind: 'measured',
      n: smallRows + largeRows,
      checks: [
        {
          what: 'growth of time with images (slope)',
          measured: logLogSlope(small, large),
          must: { atMost: SLOPE_MAX },
        },
      ],
      facts: {
        'images, large': largeRows / bed.texts.aspects.length,
        seconds: small.seconds,
        'seconds, large': large.seconds,
        'CPU seconds, large': large.cpu_seconds,
        'peak MiB, large': large.peak_bytes / MIB,
      },
    };
  },
};
