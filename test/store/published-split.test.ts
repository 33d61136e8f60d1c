import { openStore } from '@retort/store';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { fillHome, saveSample } from './filled-home.ts';
import { openHome } from './open-home.ts';
import { change } from './raw-database.ts';

describe('0006_add_published_split', () => {
  it('knows no published side of the samples before it, keeps that of those after, and takes no other word', () => {
    const home = temporaryFolder();
    const store = openStore(home);
    const { datasetId, sampleIds } = fillHome(store, 2);
    store.close();
    change(home, 'ALTER TABLE samples DROP COLUMN published_split');
    change(home, "DELETE FROM migrations WHERE name LIKE '0006%'");
    const again = openHome(home);
    expect(sampleIds.map((id) => again.samples.get(id)?.publishedSplit)).toEqual([null, null]);
    saveSample(again, datasetId, 2, { publishedSplit: 'val' });
    expect(again.samples.findByName('00002.jpg')[0]?.publishedSplit).toBe('val');
    expect(() => change(home, "UPDATE samples SET published_split = 'dev'")).toThrow(/CHECK/);
  });
});
