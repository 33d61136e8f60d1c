/** Numbers from 0 that are joined into sets, transitively. */
export interface DisjointSets {
  join(a: number, b: number): void;
  /** A number of the set, the same for all of it: its smallest. */
  rootOf(member: number): number;
}

export function createDisjointSets(count: number): DisjointSets {
  const parents = Uint32Array.from({ length: count }, (_, index) => index);
  const parentOf = (member: number): number => parents[member] ?? member;
  const rootOf = (member: number): number => {
    let root = member;
    while (parentOf(root) !== root) root = parentOf(root);
    for (let step = member; step !== root; ) {
      const next = parentOf(step);
      parents[step] = root;
      step = next;
    }
    return root;
  };
  return {
    rootOf,
    join(a, b) {
      const [rootA, rootB] = [rootOf(a), rootOf(b)];
      parents[Math.max(rootA, rootB)] = Math.min(rootA, rootB);
    },
  };
}
