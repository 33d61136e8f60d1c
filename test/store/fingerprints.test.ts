import { FINGERPRINT, sha256 } from '@retort/schema';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { fillHome, imageOf } from './filled-home.ts';
import { openHome } from './open-home.ts';

const HASH = imageOf(0).hash;
const BITS = Uint8Array.from({ length: FINGERPRINT.bytes }, (_, i) => i * 13);

function filledStore() {
  const store = openHome(temporaryFolder());
  fillHome(store, 2);
  return store;
}

describe('fingerprints', () => {
  it('gives back the bits that were stored', () => {
    const store = filledStore();
    store.fingerprints.save(HASH, FINGERPRINT.algorithm, BITS);
    expect(Uint8Array.from(store.fingerprints.get(HASH, FINGERPRINT.algorithm) ?? [])).toEqual(BITS);
  });

  it('tells a picture with nothing to compare from one that was not looked at', () => {
    const store = filledStore();
    store.fingerprints.save(HASH, FINGERPRINT.algorithm, null);
    expect(store.fingerprints.get(HASH, FINGERPRINT.algorithm)).toBeNull();
    expect(store.fingerprints.get(imageOf(1).hash, FINGERPRINT.algorithm)).toBeUndefined();
  });

  it('keeps algorithms apart, and what it has', () => {
    const store = filledStore();
    store.fingerprints.save(HASH, 'older', Uint8Array.of(1));
    store.fingerprints.save(HASH, 'older', Uint8Array.of(2));
    expect(store.fingerprints.get(HASH, FINGERPRINT.algorithm)).toBeUndefined();
    expect(Uint8Array.from(store.fingerprints.get(HASH, 'older') ?? [])).toEqual(Uint8Array.of(1));
  });

  it('refuses a picture that the store does not know', () => {
    expect(() => filledStore().fingerprints.save(sha256('elsewhere'), 'any', null)).toThrow(/FOREIGN KEY/);
  });
});
