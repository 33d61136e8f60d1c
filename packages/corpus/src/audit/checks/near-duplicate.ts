import { SPLITS } from '@retort/schema';
import type { AuditCheck, CheckFinding } from '../finding.ts';
import { createImageCollector, type ImageGroups } from '../measures/near-images.ts';
import { createByteList, createIndexList, type NumberList } from '../measures/number-list.ts';
import { NO_SPLIT, splitIndexOf } from '../measures/rating-columns.ts';
import { createRowList } from '../row-list.ts';

const CODE = 'near-duplicate';
/**
 * Bits of 144 in which two pictures of one origin differ at most. Of 2,831,010 pairs of AGIQA-3K three are nearer, each
 * an image that stands there twice; the next two differ in 28 (a generator that repeats itself) and 36 bits. See
 * docs/audit.md for what is found of planted copies.
 */
export const NEAR_DUPLICATE_BITS = 20;

interface Rows {
  readonly position: NumberList<Uint32Array>;
  readonly image: NumberList<Uint32Array>;
  /** Index in `SPLITS`; `NO_SPLIT` where a row has none. */
  readonly split: NumberList<Uint8Array>;
}

/** What is known of a group of images that look alike. */
interface Group {
  /** Its first image. */
  readonly first: number;
  several: boolean;
  /** Rows by split. */
  readonly rows: number[];
}

/** Different images that look alike: one saved again, resized, slightly cropped or corrected. */
export const nearDuplicate: AuditCheck = {
  code: CODE,
  start() {
    const images = createImageCollector();
    const rows: Rows = { position: createIndexList(), image: createIndexList(), split: createByteList() };
    return {
      see({ position, row }) {
        const { imageKey, fingerprint, split } = row;
        if (imageKey === null || fingerprint === null) return;
        rows.position.push(position);
        rows.image.push(images.add(imageKey, fingerprint));
        rows.split.push(splitIndexOf(split));
      },
      finish() {
        const found = images.group(NEAR_DUPLICATE_BITS);
        const groups = groupsOf(rows, found);
        return [...acrossSplits(rows, found, groups), ...withinSplit(rows, found, groups)];
      },
    };
  },
};

function groupsOf(rows: Rows, { groupOf }: ImageGroups): ReadonlyMap<number, Group> {
  const groups = new Map<number, Group>();
  for (const [row, image] of rows.image.values().entries()) {
    const key = groupOf[image] ?? 0;
    const group = groups.get(key) ?? {
      first: image,
      several: false,
      rows: Array.from({ length: NO_SPLIT + 1 }, () => 0),
    };
    const split = rows.split.at(row);
    group.rows[split] = (group.rows[split] ?? 0) + 1;
    group.several ||= image !== group.first;
    groups.set(key, group);
  }
  return groups;
}

/** Rows outside the split that has most of a group's rows: the ones to move. */
function acrossSplits(
  rows: Rows,
  found: ImageGroups,
  groups: ReadonlyMap<number, Group>,
): readonly CheckFinding[] {
  const across = new Set([...groups.values()].filter((group) => group.several && splitsOf(group).length > 1));
  if (across.size === 0) return [];
  const listed = createRowList();
  for (const [row, image] of rows.image.values().entries()) {
    const group = groups.get(found.groupOf[image] ?? 0);
    if (group === undefined || !across.has(group)) continue;
    if (rows.split.at(row) !== homeOf(group)) listed.add(rows.position.at(row));
  }
  const [first] = across;
  const where =
    first === undefined
      ? []
      : splitsOf(first).map((split) => `${first.rows[split]} of its rows in ${SPLITS[split]}`);
  return [
    {
      code: CODE,
      severity: 'error',
      ...listed.listed(),
      evidence:
        `Groups of different images that look alike in more than one split: ${across.size}, of ${found.images} images; the first has ` +
        `${where.join(' and ')}. ${describePairs(found)}`,
      advice:
        'Keep each group on one side: what was trained on would be tested on. Look at a few first; images that only resemble each ' +
        'other can stay.',
    },
  ];
}

/** Rows of every image of a group but its first: the ones to leave out. */
function withinSplit(
  rows: Rows,
  found: ImageGroups,
  groups: ReadonlyMap<number, Group>,
): readonly CheckFinding[] {
  const within = new Set([...groups.values()].filter((group) => group.several && splitsOf(group).length < 2));
  if (within.size === 0) return [];
  const listed = createRowList();
  for (const [row, image] of rows.image.values().entries()) {
    const group = groups.get(found.groupOf[image] ?? 0);
    if (group !== undefined && within.has(group) && image !== group.first) listed.add(rows.position.at(row));
  }
  return [
    {
      code: CODE,
      severity: 'info',
      ...listed.listed(),
      evidence:
        `Groups of different images that look alike in one split: ${within.size}, of ${found.images} images. ` +
        describePairs(found),
      advice:
        'Nothing leaks; the same picture just counts more than once. Leave the listed rows out if it should count once.',
    },
  ];
}

function splitsOf({ rows }: Group): readonly number[] {
  return [...SPLITS.keys()].filter((split) => (rows[split] ?? 0) > 0);
}

function homeOf(group: Group): number | undefined {
  return [...splitsOf(group)].sort((a, b) => (group.rows[b] ?? 0) - (group.rows[a] ?? 0))[0];
}

function describePairs({ pairs, farthest }: ImageGroups): string {
  const alike = `Alike are fingerprints that differ in at most ${NEAR_DUPLICATE_BITS} of 144 bits`;
  return pairs === 0
    ? `${alike}; these are all equal.`
    : `${alike}: ${pairs} pairs of different ones, the least alike of them differ in ${farthest}.`;
}
