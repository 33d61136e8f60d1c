import { describe, expect, it } from 'vitest';
import { batchRunBed } from './batch-run-bed.ts';

const OWN = {
  inputUsdPerMillion: 10,
  outputUsdPerMillion: 20,
  origin: 'given by --price-in and --price-out',
};

describe('the price of a batch', () => {
  it('is the one it was reserved at, also when results are read by a start that knows another', async () => {
    const bed = await batchRunBed();
    expect(bed.plan({ price: OWN })).toMatchObject({ kind: 'planned', rows: 6 });
    expect(bed.store.batches.get(1)?.price).toEqual(OWN);
    await bed.finish(1); // its worker knows the table's price only
    const { spentUsd, inputTokens } = bed.money();
    const cells = bed.store.spending.cells(bed.run.id);
    const out = cells.reduce((sum, cell) => sum + cell.outputTokens + cell.thinkingTokens, 0);
    expect(out).toBeGreaterThan(0);
    expect(spentUsd).toBeCloseTo((10 * inputTokens + 20 * out) / 1e6, 9);
  });
});
