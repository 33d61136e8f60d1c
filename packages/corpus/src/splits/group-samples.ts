import { sha256 } from '@retort/schema';

/** Samples that must stay on one side of a split, and how much of the split they are. */
export interface SampleGroup {
  /** Smallest of the group's units: the same whatever the order of the samples. */
  readonly representative: string;
  /** Image prompts, images or generators in the group: what fractions are counted in. */
  readonly units: number;
  readonly names: readonly string[];
}

/** One sample as grouping sees it: `unit` is what the split rule keeps together, `link` joins units that share it. */
export interface GroupedSample {
  readonly name: string;
  readonly unit: string;
  readonly link: string;
}

/** Joins samples that share a unit or a link, transitively. Needs memory for the names, not for the rows. */
export function groupSamples(samples: Iterable<GroupedSample>): readonly SampleGroup[] {
  const sets = createDisjointSets();
  const unitOfName = new Map<string, string>();
  for (const sample of samples) {
    sets.join(`unit ${sample.unit}`, `link ${sample.link}`);
    unitOfName.set(sample.name, sample.unit);
  }
  const groups = new Map<string, { units: Set<string>; names: string[] }>();
  for (const [name, unit] of unitOfName) {
    const root = sets.rootOf(`unit ${unit}`);
    const group = groups.get(root) ?? { units: new Set(), names: [] };
    group.units.add(unit);
    group.names.push(name);
    groups.set(root, group);
  }
  return [...groups.values()].map(({ units, names }) => ({
    representative: [...units].sort()[0] ?? '',
    units: units.size,
    names,
  }));
}

/** Puts groups into an order that looks random, depends on `seed` and the groups alone, and is the same everywhere. */
export function orderGroups(groups: readonly SampleGroup[], seed: number): readonly SampleGroup[] {
  return groups
    .map((group) => ({ group, rank: sha256(`${seed}\n${group.representative}`) }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .map(({ group }) => group);
}

/** Takes groups from the front while they fit into `units`; one that is too large is passed over. */
export function takeUnits(
  groups: readonly SampleGroup[],
  units: number,
): { taken: readonly SampleGroup[]; rest: readonly SampleGroup[] } {
  const taken: SampleGroup[] = [];
  const rest: SampleGroup[] = [];
  let room = units;
  for (const group of groups) {
    if (group.units <= room) {
      taken.push(group);
      room -= group.units;
    } else {
      rest.push(group);
    }
  }
  return { taken, rest };
}

function createDisjointSets() {
  const parents = new Map<string, string>();
  const rootOf = (key: string): string => {
    let root = key;
    for (let parent = parents.get(root); parent !== undefined; parent = parents.get(root)) root = parent;
    for (let step = key; step !== root; ) {
      const next = parents.get(step) ?? root;
      parents.set(step, root);
      step = next;
    }
    return root;
  };
  return {
    rootOf,
    join(a: string, b: string): void {
      const [rootA, rootB] = [rootOf(a), rootOf(b)];
      if (rootA !== rootB) parents.set(rootB, rootA);
    },
  };
}
