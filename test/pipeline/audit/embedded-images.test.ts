import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CORPUS_FORMATS, exportCorpus } from '@retort/corpus';
import { auditFiles } from '@retort/pipeline';
import type { CorpusRow, Split } from '@retort/schema';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { parquetFormat } from '../../../packages/corpus/src/formats/parquet.ts';
import { readAuditRows } from '../../../packages/pipeline/src/audit/audit-files.ts';
import { buildRow } from '../../corpus/build-row.ts';
import { optionsFor } from '../../corpus/export/export-options.ts';
import { writeFormat } from '../../corpus/formats/write-format.ts';
import { temporaryFolder } from '../../fixtures/temporary-folder.ts';
import { sampleImage } from '../pipeline-bed.ts';
import { NO_FACTS } from './file-bed.ts';

const NAMES = ['glide_normal_001.jpg', 'glide_normal_002.jpg', 'glide_normal_003.jpg'] as const;
const [FIRST, SECOND, THIRD] = NAMES;
const EMBEDDING = CORPUS_FORMATS.filter(({ embedsImages }) => embedsImages);
const picture = (name: string): Buffer => readFileSync(sampleImage(name));
const unreadable = ({ reason }: { readonly reason: string }) => expect.unreachable(reason);
const idOf = (name: string): string => `made-up/quality/${name}`;

/** Writes a split's file; says where it is. */
async function writeSplit(
  format: (typeof EMBEDDING)[number],
  split: Split,
  rows: readonly CorpusRow[],
  imageOf: (name: string) => Uint8Array = picture,
): Promise<string> {
  const written = await writeFormat(format, rows, split, ({ sampleName }) => imageOf(sampleName));
  const [[name, bytes] = ['', new Uint8Array()]] = written;
  const path = join(temporaryFolder(), name);
  writeFileSync(path, bytes);
  return path;
}

async function findingsOf(paths: readonly string[], facts = NO_FACTS) {
  const { findings } = await auditFiles(paths, facts, {});
  return Object.fromEntries(findings.map((finding) => [finding.code, finding]));
}

describe.each(EMBEDDING.map((format) => [format.name, format] as const))('audit of %s', (_name, format) => {
  it('finds the image that breaks off, and no fault in sound ones', async () => {
    const rows = NAMES.map((name) => buildRow({}, name));
    const sound = await findingsOf([await writeSplit(format, 'train', rows)]);
    expect(Object.values(sound).filter(({ severity }) => severity === 'error')).toEqual([]);
    const path = await writeSplit(format, 'train', rows, (name) =>
      name === SECOND ? picture(name).subarray(0, 2000) : picture(name),
    );
    const found = (await findingsOf([path]))['missing-image'];
    expect(found?.rows).toEqual([idOf(SECOND)]);
    expect(found?.evidence).toContain('no image that can be decoded');
  });

  it('finds a picture of train in test: the same bytes, or saved again', async () => {
    const again = await sharp(picture(SECOND)).jpeg({ quality: 50 }).toBuffer();
    const train = await writeSplit(format, 'train', [buildRow({}, FIRST), buildRow({}, SECOND)]);
    const test = [buildRow({ split: 'test' }, 'copy.jpg'), buildRow({ split: 'test' }, 'again.jpg')];
    const found = await findingsOf([
      train,
      await writeSplit(format, 'test', test, (name) => (name === 'copy.jpg' ? picture(FIRST) : again)),
    ]);
    expect(found['image-in-two-splits']?.rows).toEqual([idOf('copy.jpg')]);
    expect(found['near-duplicate']).toMatchObject({ severity: 'error', rows: [idOf('again.jpg')] });
  });

  it('knows of our rows what they say of themselves', async () => {
    const train = await writeSplit(format, 'train', [
      buildRow({ imagePrompt: 'a red fox' }, FIRST),
      buildRow({ mos: 4.5 }, SECOND),
    ]);
    // Only the name of its file puts it into test: an export would refuse it there.
    const test = await writeSplit(format, 'test', [
      buildRow({ imagePrompt: 'A red  fox', sawLabel: true }, THIRD),
    ]);
    const found = await findingsOf([train, test]);
    expect(found['label-mismatch']?.rows).toEqual([idOf(SECOND)]);
    expect(found['saw-label-in-evaluation']?.rows).toEqual([idOf(THIRD)]);
    expect(found['image-prompt-in-two-splits']?.rowCount).toBe(1);
  });

  it('believes what it is told more than what the rows say', async () => {
    const path = await writeSplit(format, 'train', [buildRow({}, FIRST)]);
    const rated = { name: FIRST, imagePrompt: 'told', generator: 'g', generatorSetting: null };
    const ratings = {
      find: () => ({ ...rated, ratings: { quality: 1.5 } }),
      images: 1,
      rejected: [],
      found: () => 1,
      narrow: [],
    };
    const facts = { ...NO_FACTS, ratings, sawLabel: true };
    for await (const row of readAuditRows([path], facts, unreadable)) {
      expect(row).toMatchObject({ imagePrompt: 'told', generator: 'g', sawLabel: true });
      expect(row).toMatchObject({ ratings: { quality: 1.5 }, generatorSetting: 'glide_normal', width: 512 });
    }
  });

  it('finds the broken image of an exported folder that has it inside', async () => {
    const rows = NAMES.map((name) => buildRow({}, name));
    const options = await optionsFor(temporaryFolder(), rows, { formats: [format.name] });
    for (const row of rows) {
      const bytes = row.sampleName === THIRD ? Buffer.from('no picture') : picture(row.sampleName);
      writeFileSync(options.images(row), bytes);
    }
    await exportCorpus(options);
    expect((await findingsOf([options.dir]))['missing-image']?.rows).toEqual([idOf(THIRD)]);
  });
});

describe('rows of others in Parquet', () => {
  it('are not believed where they only look like ours', async () => {
    const path = await writeSplit(parquetFormat, 'train', [
      buildRow({ dataset: 'elsewhere', mos: 4.5, sawLabel: true }, FIRST),
    ]);
    const bytes = readFileSync(path);
    // The row's id no longer begins with its dataset.
    const at = bytes.indexOf('elsewhere/quality');
    bytes.write('somewhere', at);
    writeFileSync(path, bytes);
    for await (const row of readAuditRows([path], NO_FACTS, unreadable)) {
      expect(row).toMatchObject({ id: `somewhere/quality/${FIRST}`, ratings: {}, sawLabel: null });
    }
  });
});
