import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { CorpusRow } from '@retort/schema';
import {
  audit,
  auditRowOf,
  buildCorpus,
  DEFAULT_SPLIT_FRACTIONS,
  type ExportOptions,
} from '../../../packages/corpus/src/index.ts';
import { buildRows } from '../build-row.ts';

/** Everything an export needs, with an image per row under `blobs/`. */
export async function optionsFor(
  home: string,
  rows: readonly CorpusRow[],
  change: Partial<ExportOptions> = {},
): Promise<ExportOptions> {
  mkdirSync(join(home, 'blobs'), { recursive: true });
  const images = (row: CorpusRow) => join(home, 'blobs', row.blobHash.slice(7));
  for (const row of rows) writeFileSync(images(row), `prepared ${row.sampleName}`);
  const { manifest } = await buildCorpus(rows, {
    splitBy: 'image-prompt',
    seed: 1,
    fractions: DEFAULT_SPLIT_FRACTIONS,
    promptVersions: {},
    sources: [{ dataset: 'made-up', source: null, licence: 'MIT' }],
  });
  const report = await audit(
    rows.map((row) => auditRowOf(row)),
    { splitBy: 'image-prompt' },
  );
  const formats = ['minicpm-v', 'ms-swift'];
  return { rows, dir: join(home, 'corpus'), formats, images, manifest, audit: report, ...change };
}

/** Seven rows in the order of a corpus. */
export function rowsOfAllSplits(): readonly CorpusRow[] {
  return [...buildRows(2, 'test'), ...buildRows(3, 'train'), ...buildRows(2, 'val')];
}

/** All bytes of a folder by relative path. */
export function bytesIn(dir: string): Readonly<Record<string, string>> {
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [relative(dir, path), readFileSync(path).toString('base64')]),
  );
}
