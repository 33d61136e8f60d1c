import { openStore, type Store } from '@retort/store';
import { onTestFinished } from 'vitest';

/** Opens a home's store and closes it when the test is over. */
export function openHome(home: string): Store {
  const store = openStore(home);
  onTestFinished(() => store.close());
  return store;
}
