import { sha256 } from '@retort/schema';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { openHome } from './open-home.ts';

describe('token counts', () => {
  it('are kept by vocabulary and text, for the next process too', () => {
    const home = temporaryFolder();
    const store = openHome(home);
    store.tokenCounts.save('llama', new Map([[sha256('cat'), 1]]));
    store.tokenCounts.save(
      'llama',
      new Map([
        [sha256('cat'), 7],
        [sha256('catalogue'), 2],
      ]),
    );
    const again = openHome(home);
    expect(again.tokenCounts.get('llama', sha256('cat'))).toBe(1);
    expect(again.tokenCounts.get('llama', sha256('catalogue'))).toBe(2);
    expect(again.tokenCounts.get('qwen', sha256('cat'))).toBeNull();
    expect(again.tokenCounts.get('llama', sha256('dog'))).toBeNull();
  });
});
