import { openStore } from '@retort/store';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { fillHome, plannedRequest } from './filled-home.ts';
import { openHome } from './open-home.ts';
import { batchOf } from './planned-batch.ts';
import { change } from './raw-database.ts';

const A = plannedRequest(0).key;
const B = plannedRequest(1).key;

describe('0005_price_batches', () => {
  it('keeps the price of a batch, and knows none of the batches before it', () => {
    const home = temporaryFolder();
    const store = openStore(home);
    fillHome(store, 2);
    store.batches.plan(batchOf([A]));
    store.close();
    const columns = ['price_origin', 'output_usd_per_million', 'input_usd_per_million'];
    for (const column of columns) change(home, `ALTER TABLE batches DROP COLUMN ${column}`);
    change(home, "DELETE FROM migrations WHERE name = '0005_price_batches'");
    const again = openHome(home);
    const price = { inputUsdPerMillion: 10, outputUsdPerMillion: 20, origin: 'given by somebody' };
    again.batches.plan(batchOf([B], { price }));
    expect(again.batches.open('gemini-batch').map((batch) => batch.price)).toEqual([null, price]);
  });
});
