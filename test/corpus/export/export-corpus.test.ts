import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CorpusRow, sha256 } from '@retort/schema';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { assignSplits, corpusRows, exportCorpus } from '../../../packages/corpus/src/index.ts';
import { readAgiqaConversations, SAMPLE_DIR } from '../agiqa-rows.ts';
import { buildRow, buildRows } from '../build-row.ts';
import { bytesIn, optionsFor, rowsOfAllSplits } from './export-options.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'retort corpus '));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

describe('exportCorpus', () => {
  it('writes each format, the images, rows.jsonl, README, manifest, audit and checksums', async () => {
    const options = await optionsFor(home, rowsOfAllSplits());
    const exported = await exportCorpus(options);
    expect(exported).toMatchObject({ path: options.dir, reused: false, key: options.manifest.key });
    const files = Object.keys(bytesIn(options.dir)).filter((path) => !path.startsWith('images/'));
    expect(files.sort()).toEqual([
      'README.md',
      'SHA256SUMS',
      'audit.json',
      'corpus.json',
      'croissant.json',
      'minicpm-v/lora/README.md',
      'minicpm-v/lora/ds-zero3-offload.json',
      'minicpm-v/lora/minicpm-llama3-v-2_5-paper.json',
      'minicpm-v/lora/minicpm-llama3-v-2_5-released.json',
      'minicpm-v/lora/minicpm-v-4_6-paper.json',
      'minicpm-v/lora/minicpm-v-4_6-released.json',
      'minicpm-v/test.json',
      'minicpm-v/train.json',
      'minicpm-v/val.json',
      'ms-swift/lora/README.md',
      'ms-swift/lora/ds-zero3-offload.json',
      'ms-swift/lora/minicpm-llama3-v-2_5-paper.yaml',
      'ms-swift/lora/minicpm-llama3-v-2_5-released.yaml',
      'ms-swift/lora/minicpm-v-4_6-paper.yaml',
      'ms-swift/lora/minicpm-v-4_6-released.yaml',
      'ms-swift/test.jsonl',
      'ms-swift/train.jsonl',
      'ms-swift/val.jsonl',
      'rows.jsonl',
    ]);
    expect(JSON.parse(readFileSync(join(options.dir, 'corpus.json'), 'utf8'))).toMatchObject({
      key: options.manifest.key,
      rows: 7,
      rows_by_split: { train: 3, val: 2, test: 2 },
      formats: ['minicpm-v', 'ms-swift'],
    });
    expect(readFileSync(join(options.dir, 'README.md'), 'utf8')).toContain('in this folder');
  });

  it('names every image by a path that holds from the corpus folder', async () => {
    const options = await optionsFor(home, rowsOfAllSplits());
    await exportCorpus(options);
    const rows: { image: string }[] = JSON.parse(
      readFileSync(join(options.dir, 'minicpm-v/train.json'), 'utf8'),
    );
    expect(rows.map(({ image }) => readFileSync(join(options.dir, image), 'utf8'))).toEqual(
      buildRows(3, 'train').map((row) => `prepared ${row.sampleName}`),
    );
  });

  it('writes the same bytes into another folder, from rows that come one by one', async () => {
    const options = await optionsFor(home, rowsOfAllSplits());
    await exportCorpus(options);
    async function* stream() {
      yield* rowsOfAllSplits();
    }
    const again = await exportCorpus({
      ...options,
      rows: stream(),
      dir: join(home, 'elsewhere', 'copy'),
      formats: ['ms-swift', 'minicpm-v', 'ms-swift'],
    });
    expect(again.reused).toBe(false);
    expect(bytesIn(again.path)).toEqual(bytesIn(options.dir));
    expect(
      Object.values(bytesIn(again.path)).some((text) => Buffer.from(text, 'base64').includes(home)),
    ).toBe(false);
  });

  it('writes checksums that sha256sum confirms', async () => {
    const rows = [{ ...buildRow(), blobHash: sha256('prepared glide_normal_001.jpg') }];
    const options = await optionsFor(home, rows);
    await exportCorpus(options);
    const output = execFileSync('sha256sum', ['-c', 'SHA256SUMS'], { cwd: options.dir, encoding: 'utf8' });
    expect(output.trim().split('\n')).toHaveLength(Object.keys(bytesIn(options.dir)).length - 1);
  });

  it('leaves no file for a split without rows', async () => {
    const options = await optionsFor(home, buildRows(2, 'train'));
    await exportCorpus(options);
    expect(readdirSync(join(options.dir, 'ms-swift')).sort()).toEqual(['lora', 'train.jsonl']);
    expect(readFileSync(join(options.dir, 'README.md'), 'utf8')).not.toContain('val_dataset');
  });

  it('leaves nothing else beside the corpus', async () => {
    const options = await optionsFor(home, [buildRow()]);
    await exportCorpus(options);
    expect(readdirSync(home).sort()).toEqual(['blobs', 'corpus']);
  });
});

describe('exportCorpus that fails', () => {
  const nothingLeft = () => expect(readdirSync(home)).toEqual(['blobs']);

  it('names the row and path of a missing image', async () => {
    const options = await optionsFor(home, [buildRow()]);
    unlinkSync(options.images(buildRow()));
    for (const imageMode of ['link', 'copy', 'path'] as const)
      await expect(exportCorpus({ ...options, imageMode })).rejects.toMatchObject({ code: 'blob-missing' });
    nothingLeft();
  });

  it('refuses a row that a consumer would misread, and rows that are not the manifest’s', async () => {
    const bad = buildRow({ turns: buildRow().turns.slice(0, 3) });
    await expect(exportCorpus(await optionsFor(home, [bad]))).rejects.toMatchObject({
      code: 'corpus-row-invalid',
    });
    const options = await optionsFor(home, rowsOfAllSplits());
    await expect(exportCorpus({ ...options, rows: rowsOfAllSplits().slice(1) })).rejects.toThrow(
      /build both/,
    );
    nothingLeft();
  });

  it('refuses a format that does not exist, naming those that do', async () => {
    const options = await optionsFor(home, [buildRow()], { formats: ['tfrecord'] });
    await expect(exportCorpus(options)).rejects.toThrow(/tfrecord.*minicpm-v, ms-swift/);
  });
});

describe('exportCorpus of the sample', () => {
  it('exports 594 conversations about 297 images, the recorded texts unchanged', async () => {
    const conversations = await readAgiqaConversations(SAMPLE_DIR);
    const samples = conversations.map((c) => ({ ...c, name: c.sampleName }));
    const splits = assignSplits(samples, { by: 'image-prompt', seed: 1 });
    const rows: CorpusRow[] = [];
    for await (const row of corpusRows(conversations, splits)) rows.push(row);
    const options = await optionsFor(home, rows, {
      images: (row) => join(SAMPLE_DIR, 'images', row.sampleName),
    });
    await exportCorpus(options);
    const images = Object.keys(bytesIn(join(options.dir, 'images')));
    expect(images).toHaveLength(297);
    const train: { conversations: { content: string }[] }[] = JSON.parse(
      readFileSync(join(options.dir, 'minicpm-v/train.json'), 'utf8'),
    );
    const described = rows.filter(({ split }) => split === 'train').map(({ turns }) => turns[1]?.text);
    expect(train.map((row) => row.conversations[1]?.content)).toEqual(described);
    expect(described.length).toBeGreaterThan(340);
    for (const split of ['val', 'test']) {
      const lines = readFileSync(join(options.dir, `ms-swift/${split}.jsonl`), 'utf8')
        .trim()
        .split('\n');
      const words = lines.map((line) => JSON.parse(line).messages[1].content);
      expect(words.every((word) => ['bad', 'poor', 'fair', 'good', 'excellent'].includes(word))).toBe(true);
    }
  });
});
