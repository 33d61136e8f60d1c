import { spendingTerms } from '@retort/pipeline';
import { describe, expect, it } from 'vitest';
import { parseDistillOptions } from '../../packages/cli/src/distill-options.ts';
import { confirmSpending } from '../../packages/cli/src/spending.ts';
import { batchRunBed } from '../pipeline/batch-run-bed.ts';
import { quietTerminal } from './quiet-terminal.ts';

const OWN = {
  inputUsdPerMillion: 10,
  outputUsdPerMillion: 20,
  origin: 'given by --price-in and --price-out',
};

async function confirm(bed: Awaited<ReturnType<typeof batchRunBed>>, budget: string) {
  const { terminal, said } = quietTerminal();
  const options = parseDistillOptions({ teacher: 'gemini-batch', budget, yes: true }, {});
  // A whole run at once would fill the memory: it is counted row by row.
  const batches = { ...bed.store.batches, batchable: () => expect.unreachable('it asked for a list') };
  const deps = { ...bed.deps, store: { ...bed.store, batches }, priceOverride: OWN };
  const agreed = await confirmSpending({ id: bed.run.id, plan: bed.run.plan, deps }, options, terminal);
  return { agreed, said, terms: spendingTerms(deps, bed.run.id) };
}

describe('confirmSpending', () => {
  it('notes a new cap and price also where everything is in batches already', async () => {
    const bed = await batchRunBed();
    bed.planned();
    const { agreed, said, terms } = await confirm(bed, '7');
    expect([agreed, said]).toEqual([true, []]);
    expect(terms).toMatchObject({ budgetUsd: 7, quotes: [OWN] });
  });

  it('counts only what is in no batch yet, and waits for nothing', async () => {
    const bed = await batchRunBed();
    bed.plan({ maxRows: 2 });
    const { said } = await confirm(bed, '7');
    expect(said).toEqual([expect.stringMatching(/^4 calls to gemini-3\.8-flash: .* for 3 images$/)]);
  });
});
