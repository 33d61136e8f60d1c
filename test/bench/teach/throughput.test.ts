import { describe, expect, it } from 'vitest';
import { createBed } from '../../../bench/teach/bed.ts';
import { cpu } from '../../../bench/teach/rows/cpu.ts';
import { knownLimit } from '../../../bench/teach/rows/known-limit.ts';
import { instant64 } from '../../../bench/teach/rows/throughput.ts';
import { runRows } from '../../../bench/teach/run-rows.ts';
import { QUICK } from '../../../bench/teach/sizes.ts';
import { temporaryFolder } from '../../fixtures/temporary-folder.ts';

/** Three pictures, nine rows: enough to see that each figure comes from somewhere. */
const TINY = { ...QUICK, images: 3, instant: 3, latency64: 3 };

function tinyBed(help = '') {
  return createBed({ dataDir: temporaryFolder(), sizes: TINY, help, log: () => undefined });
}

describe('a row of bench/teach', () => {
  it('measures a real distill against real loops, all over the same rows', async () => {
    const [speed, cost] = await runRows(tinyBed(), [instant64, cpu]);
    if (speed?.finding.kind !== 'measured' || cost?.finding.kind !== 'measured') {
      throw new Error(JSON.stringify([speed, cost]));
    }
    expect([speed.finding.n, cost.finding.n]).toEqual([9, 9]);
    expect(speed.finding.checks).toMatchObject([{ what: instant64.about, must: { atLeast: 0.35 } }]);
    expect(cost.finding.checks).toMatchObject([{ what: cpu.about, must: { atMost: 1.5 } }]);
    const figures = { ...speed.finding.facts, ...cost.finding.facts };
    for (const name of [
      'product_rows_per_second',
      'loop_rows_per_second',
      'startup_seconds',
      'sdk_cpu_seconds_per_1000_rows',
    ]) {
      expect(Number(figures[name]), name).toBeGreaterThan(0);
    }
    expect(Number(figures.most_in_flight)).toBeLessThanOrEqual(9);
    expect([...speed.finding.checks, ...cost.finding.checks].every(({ measured }) => measured > 0)).toBe(
      true,
    );
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
