import type { Finding } from '../../measurement.ts';
import type { BenchRow } from '../../row.ts';
import type { CorpusBed } from '../bed.ts';
import { AUDIT, runTask } from '../run-task.ts';
import { logLogSlope, medianFigures } from '../slope.ts';
import type { Figures } from '../tasks/task.ts';
import { slopeChecks } from './export.ts';

const MIB = 2 ** 20;
/** Issue 5: of a million rows. */
const PEAK_MIB_MAX = 500;

/** Speed, growth and memory of an audit in one pass, without the search for near-duplicates. */
export const auditRow: BenchRow<CorpusBed> = {
  name: 'audit',
  about: 'audit in one pass, without near-duplicates',
  async run(bed): Promise<Finding> {
    const [smallRows, largeRows] = bed.sizes.rows;
    const [repeats] = bed.sizes.repeats;
    const small = await runRepeats(bed, smallRows, repeats);
    const large = await runTask(bed, AUDIT, largeRows);
    const peakMib = large.peak_bytes / MIB;
    return {
      kind: 'measured',
      n: smallRows * repeats + largeRows,
      checks: [
        ...slopeChecks(logLogSlope(passOf(small), passOf(large))),
        { what: `peak memory of ${largeRows} rows, MiB`, measured: peakMib, must: { atMost: PEAK_MIB_MAX } },
      ],
      facts: {
        'rows/s': small.rows / small.seconds,
        'rows/s, large': large.rows / large.seconds,
        'CPU, us a row, large': (large.cpu_seconds / large.rows) * 1e6,
        'of which making rows, us a row': (large.generate_seconds / large.rows) * 1e6,
        'seconds after the last row': small.seconds - small.pass_seconds,
        'seconds after the last row, large': large.seconds - large.pass_seconds,
        'peak MiB': small.peak_bytes / MIB,
      },
    };
  },
};

/** The pass over the rows; the regressions after it are on samples of one size and would hide its growth. */
function passOf({ rows, pass_seconds: seconds }: Figures) {
  return { rows, seconds };
}

async function runRepeats(bed: CorpusBed, rows: number, repeats: number): Promise<Figures> {
  const runs: Figures[] = [];
  for (let run = 0; run < repeats; run += 1) runs.push(await runTask(bed, AUDIT, rows));
  return medianFigures(runs);
}
