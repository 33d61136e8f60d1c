import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { NEAR_DUPLICATE_BITS } from '@retort/corpus';
import { fingerprintImage } from '@retort/images';
import type { Command } from 'commander';
import sharp from 'sharp';
import { readProvenance } from '../machine.ts';
import { formatNumber, median, renderTable } from '../table.ts';
import { PLANTED_COPIES, type PlantedCopy } from './planted-copies.ts';

/** Pairs of different images that are listed, to be looked at. */
const LISTED_PAIRS = 20;
const IMAGE_FILE = /\.(?:jpe?g|png|webp)$/iu;

interface Fingerprint {
  readonly name: string;
  readonly bits: Uint8Array;
}

/** `pnpm bench fingerprints DIR`: what the search for near-duplicates finds of planted copies, and how near strangers come. */
export function addFingerprintBench(program: Command): void {
  program
    .command('fingerprints')
    .description(
      'recall of planted copies by kind, and the nearest pairs of different images, of a folder of images',
    )
    .argument('<dir>', 'folder of images')
    .option('--every <n>', 'plant copies of every nth image', '8')
    .action(async (dir: string, { every }: { readonly every: string }) => {
      const { command, machine, commit } = readProvenance(process.argv.slice(2), new Date());
      console.log(`command  ${command}\nmachine  ${machine}\ncommit   ${commit ?? 'unknown'}\n`);
      const paths = readdirSync(dir)
        .filter((name) => IMAGE_FILE.test(name))
        .sort();
      const planted = paths.filter((_, index) => index % Number(every) === 0).map((name) => join(dir, name));
      console.log(`${renderTable(await copyTable(planted))}\n`);
      console.log(renderTable(nearestTable(await fingerprintsOf(dir, paths))));
    });
}

async function copyTable(paths: readonly string[]): Promise<string[][]> {
  const rows: string[][] = [['copy', `within ${NEAR_DUPLICATE_BITS} bits`, 'of', 'share', 'median bits']];
  for (const copy of PLANTED_COPIES) {
    const distances: number[] = [];
    for (const path of paths) {
      const [before, after] = [
        await fingerprintImage(path),
        await fingerprintImage(await copyOf(path, copy)),
      ];
      if (before !== null)
        distances.push(after === null ? Number.POSITIVE_INFINITY : distanceOf(before, after));
    }
    const found = distances.filter((distance) => distance <= NEAR_DUPLICATE_BITS).length;
    rows.push([
      copy.name,
      String(found),
      String(distances.length),
      formatNumber(found / distances.length),
      String(median(distances)),
    ]);
  }
  return rows;
}

async function copyOf(path: string, { change }: PlantedCopy): Promise<Buffer> {
  const { width, height } = await sharp(path).metadata();
  const changed = change(sharp(path), { width, height });
  // JPEG where the change doesn't say, as our prepared pictures are.
  return changed.toBuffer();
}

async function fingerprintsOf(dir: string, names: readonly string[]): Promise<readonly Fingerprint[]> {
  const all: Fingerprint[] = [];
  for (const name of names) {
    const bits = await fingerprintImage(join(dir, name));
    if (bits !== null) all.push({ name, bits });
  }
  return all;
}

function nearestTable(all: readonly Fingerprint[]): string[][] {
  const near: { readonly a: string; readonly b: string; readonly distance: number }[] = [];
  for (const [index, a] of all.entries()) {
    for (const b of all.slice(index + 1)) {
      const distance = distanceOf(a.bits, b.bits);
      if (distance <= 2 * NEAR_DUPLICATE_BITS) near.push({ a: a.name, b: b.name, distance });
    }
  }
  const listed = near.toSorted((x, y) => x.distance - y.distance).slice(0, LISTED_PAIRS);
  const pairs = (all.length * (all.length - 1)) / 2;
  return [
    [`nearest of ${pairs} pairs`, '', 'bits'],
    ...listed.map(({ a, b, distance }) => [a, b, String(distance)]),
  ];
}

function distanceOf(a: Uint8Array, b: Uint8Array): number {
  let distance = 0;
  for (const [index, byte] of a.entries()) {
    for (let differing = byte ^ (b[index] ?? 0); differing !== 0; differing &= differing - 1) distance += 1;
  }
  return distance;
}
