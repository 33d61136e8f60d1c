import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { openHome } from './open-home.ts';

describe('token counts of sequences', () => {
  it('are kept by key, for the next process too; the first stay', () => {
    const home = temporaryFolder();
    const store = openHome(home);
    store.sequenceTokenCounts.save('rows', Uint32Array.of(600, 297, 4_000_000_000, 98));
    store.sequenceTokenCounts.save('rows', Uint32Array.of(1, 1));
    store.sequenceTokenCounts.save('no rows', new Uint32Array());
    const again = openHome(home);
    expect(again.sequenceTokenCounts.get('rows')).toEqual(Uint32Array.of(600, 297, 4_000_000_000, 98));
    expect(again.sequenceTokenCounts.get('no rows')).toEqual(new Uint32Array());
    expect(again.sequenceTokenCounts.get('other rows')).toBeNull();
  });
});
