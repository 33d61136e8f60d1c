import type { Split } from '@retort/schema';

/** Words of a file's name that say which side it is. */
const NAMES: Readonly<Record<Split, RegExp>> = {
  train: /(?:^|[^a-z])train(?:ing|set)?(?:[^a-z]|$)/iu,
  val: /(?:^|[^a-z])(?:val|valid|validation|dev)(?:[^a-z]|$)/iu,
  test: /(?:^|[^a-z])(?:test|testing|testset|eval|evaluation)(?:[^a-z]|$)/iu,
};

/** The side of a split that a file's name says; null where it says none, or several. */
export function guessSplit(fileName: string): Split | null {
  const found = (['train', 'val', 'test'] as const).filter((split) => NAMES[split].test(fileName));
  return found.length === 1 ? (found[0] ?? null) : null;
}
