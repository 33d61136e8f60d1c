import { describe, expect, it } from 'vitest';
import { runRows } from '../../../bench/run-rows.ts';
import { createBed } from '../../../bench/teach/bed.ts';
import { knownLimit } from '../../../bench/teach/rows/known-limit.ts';
import { instant64 } from '../../../bench/teach/rows/throughput.ts';
import { QUICK } from '../../../bench/teach/sizes.ts';
import { temporaryFolder } from '../../fixtures/temporary-folder.ts';

/** Three pictures, nine rows: enough to see that each figure comes from somewhere. */
const TINY = { ...QUICK, images: 3, instant: 3 };

function tinyBed(help = '') {
  return createBed({ dataDir: temporaryFolder(), sizes: TINY, help, log: () => undefined });
}

describe('a row of bench/teach', () => {
  it('measures a real distill against a real loop, both over the same rows', async () => {
    const [report] = await runRows(tinyBed(), [instant64]);
    if (report?.finding.kind !== 'measured') throw new Error(JSON.stringify(report));
    const { n, checks, facts } = report.finding;
    expect(n).toBe(9);
    expect(checks).toMatchObject([{ what: instant64.about, must: { atLeast: 0.35 } }]);
    expect(checks.every(({ measured }) => measured > 0)).toBe(true);
    for (const name of ['product_rows_per_second', 'loop_rows_per_second', 'startup_seconds']) {
      expect(Number(facts[name]), name).toBeGreaterThan(0);
    }
    expect(Number(facts.most_in_flight)).toBeLessThanOrEqual(9);
  });

  it('says which option is missing instead of measuring something else', async () => {
    const [report] = await runRows(tinyBed('Usage: distill'), [knownLimit]);
    expect(report?.finding).toEqual({
      kind: 'unavailable',
      reason: 'distill has no --requests-per-minute',
    });
  });

  it('that breaks off is reported, and the next one is still measured', async () => {
    const broken = { name: 'broken', about: '', run: () => Promise.reject(new Error('no such thing')) };
    const reports = await runRows(tinyBed(), [broken, knownLimit]);
    expect(reports.map(({ finding }) => finding)).toEqual([
      { kind: 'failed', reason: 'no such thing' },
      expect.objectContaining({ kind: 'unavailable' }),
    ]);
  });
});
