import { describe, expect, it } from 'vitest';
import type { Figures, StepBed, Which } from '../../../bench/scorer-step/bed.ts';
import { compareRow } from '../../../bench/scorer-step/compare.ts';
import { SHIPPED } from '../../../bench/scorer-step/sizes.ts';

const row = compareRow({ name: 'a-row', about: '', sizes: SHIPPED, timeRatio: 3, memoryRatio: 0.4 });

function figures(seconds: number, bytes: number, checksum = 1): Figures {
  return {
    seconds,
    cpu_seconds: seconds,
    step_bytes: bytes,
    model_bytes: bytes,
    tensor_bytes: bytes,
    checksum,
  };
}

/** Gives out figures that were measured elsewhere, one after the other. */
function bedOf(figuresOf: Readonly<Record<Which, readonly Figures[]>>): StepBed {
  const given = { official: 0, 'official-kept': 0, ours: 0 };
  return {
    quick: false,
    threads: 1,
    log: () => {},
    async measure(which) {
      const all = figuresOf[which];
      const next = all[given[which]++ % all.length];
      if (next === undefined) throw new Error(`no figures of ${which}`);
      return next;
    },
  };
}

describe('compareRow', () => {
  it('takes the median of the pairs’ ratios, not the ratio of medians', async () => {
    const official = [10, 20, 30, 40, 50].map((seconds) => figures(seconds, 100));
    const ours = [5, 5, 5, 20, 10].map((seconds) => figures(seconds, 30));
    const finding = await row.run(bedOf({ official, ours, 'official-kept': official }));
    expect(finding.kind === 'measured' && finding.checks.map(({ measured }) => measured)).toEqual([4, 0.3]);
  });

  it('gives no ratio when the two sides don’t compute the same', async () => {
    const bed = bedOf({
      official: [figures(1, 1, 1)],
      ours: [figures(1, 1, 1.01)],
      'official-kept': [figures(1, 1)],
    });
    await expect(row.run(bed)).rejects.toThrow('outputs differ');
  });
});
