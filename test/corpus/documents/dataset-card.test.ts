import { describe, expect, it } from 'vitest';
import { datasetCard } from '../../../packages/corpus/src/documents/dataset-card.ts';
import type { DocumentsInput } from '../../../packages/corpus/src/documents/documents-input.ts';
import { documentsInput, TEACHER } from './documents-input.ts';

const card = async (change: Partial<DocumentsInput> = {}) => datasetCard(await documentsInput(change));
/** The YAML between the two lines of dashes. */
const yamlOf = (text: string) => /^---\n(.*?)---\n/s.exec(text)?.[1] ?? '';

describe('datasetCard', () => {
  it('begins with the fields that the hub reads', async () => {
    const yaml = yamlOf(await card());
    for (const line of [
      'license: mit',
      'pretty_name: Conversations about the images of agiqa-3k',
      'annotations_creators:\n  - machine-generated',
      'source_datasets:\n  - extended|other-agiqa-3k',
      'size_categories:\n  - n<1K',
      'task_categories:\n  - image-text-to-text\n  - visual-question-answering',
      '  - config_name: ms-swift\n    default: true\n    data_files:\n      - split: train\n        path: ms-swift/train.jsonl\n      - split: validation\n        path: ms-swift/val.jsonl',
      'num_bytes: 300\n        num_examples: 3',
      'dataset_size: 700',
    ])
      expect(yaml).toContain(line);
  });

  it('lists parquet with all its shards, and not what datasets would read as parquet beside it', async () => {
    const { formats } = await documentsInput();
    const shard = (i: number) => ({
      path: `parquet/train-0000${i}.parquet`,
      split: 'train' as const,
      bytes: 10,
      sha256: 'cd'.repeat(32),
      rows: 2,
    });
    const yaml = yamlOf(
      await card({ formats: [...formats, { name: 'parquet', files: [shard(0), shard(1)] }] }),
    );
    expect(yaml).toContain('- config_name: parquet\n    default: true');
    expect(yaml).toContain(
      'path:\n          - parquet/train-00000.parquet\n          - parquet/train-00001.parquet',
    );
    expect(yaml).not.toContain('config_name: ms-swift');
    expect(yaml).toContain('num_bytes: 20\n        num_examples: 4');
  });

  it('lists every format that is JSON', async () => {
    const { formats } = await documentsInput();
    const other = { name: 'minicpm-v', files: formats.flatMap(({ files }) => files) };
    const yaml = yamlOf(await card({ formats: [...formats, other] }));
    expect(yaml).toContain('- config_name: ms-swift\n    default: true');
    expect(yaml).toContain('- config_name: minicpm-v\n    data_files');
  });

  it('says who answered, in which version, when and for how much', async () => {
    const text = await card();
    expect(text).toContain(
      '- gemini-1.5-pro (gemini), version gemini-1.5-pro-002: 7 answers, answered from 2026-03-01 to 2026-03-04',
    );
    expect(text).toContain('Cost: 0.13 USD.');
  });

  it('doesn’t take the day of a replay for the day of an answer', async () => {
    const replay = { ...TEACHER, teacher: 'replay', modelVersion: null, knownUsd: 0, unknownCost: 1 };
    const text = await card({ teachers: [replay] });
    expect(text).toContain('version not said: 7 answers, dates of the answers not recorded');
    expect(text).toContain('Cost: 0 USD (recorded answers were replayed).');
    const dated = {
      ...replay,
      firstRecordedAt: '2024-05-01T00:00:00Z',
      lastRecordedAt: '2024-05-01T09:00:00Z',
    };
    expect(await card({ teachers: [dated] })).toContain('answered on 2024-05-01');
  });

  it('says where images lie, and what a joined conversation is about', async () => {
    const elsewhere = await card({ images: 'path', joined: ['quality', 'correspondence'] });
    expect(elsewhere).toContain('on the machine that wrote it');
    expect(elsewhere).not.toContain('`images/`');
    expect(elsewhere).toContain('Each asks about quality and correspondence of an image together');
    expect(await card()).toContain('`images/`');
  });

  it('never calls an unknown price 0', async () => {
    expect(await card({ teachers: [{ ...TEACHER, knownUsd: 0, unknownCost: 8 }] })).toContain(
      'Cost: unknown.',
    );
    expect(await card({ teachers: [{ ...TEACHER, unknownCost: 2 }] })).toContain(
      'Cost: 0.13 USD; the price of 2 more calls is unknown.',
    );
  });

  it('holds prompts with hashes, split, audit, sources, Gemini’s terms and the command', async () => {
    const text = await card();
    for (const part of [
      `- \`quality/blind.v1\`: \`sha256:${'12'.repeat(32)}\``,
      'Split by image prompt',
      '## Audit',
      '- agiqa-3k: Li et al., 2023; licence: MIT',
      'https://ai.google.dev/gemini-api/terms',
      '    pnpm distill export --format ms-swift --out corpus',
      '    swift sft --model',
    ])
      expect(text).toContain(part);
    expect(text).not.toContain('This split leaks');
  });

  it('tells of leakage and of rows that people touched, where the manifest does', async () => {
    const { manifest } = await documentsInput();
    const told = {
      ...manifest,
      leakage: ['12 prompts are in train and test'],
      review: { accepted: 3, edited: 1, rejected: 2 },
    };
    const text = await card({ manifest: told });
    expect(text).toContain('**This split leaks**');
    expect(text).toContain('- 12 prompts are in train and test');
    expect(text).toContain('Accepted 3, edited 1 of 7 rows; 2 more were rejected and left out.');
  });

  it('lets no text of others become markup or YAML of its own', async () => {
    const { manifest } = await documentsInput();
    const sources = [{ dataset: 'a: b\n---\n<script>', source: '[x](y)', licence: null }];
    const text = await card({ manifest: { ...manifest, sources } });
    expect(text.match(/^---$/gm)).toHaveLength(2);
    expect(text.slice(text.indexOf('# '))).not.toMatch(/<script>|\[x\]\(y\)/);
    expect(yamlOf(text)).toContain('license: unknown');
  });

  it.each([
    [['MIT', 'MIT'], 'license: mit'],
    [['MIT', 'CC-BY-4.0'], 'license: other'],
    [['own terms'], 'license: other\nlicense_name: see-sources'],
    [[null], 'license: unknown'],
  ])('names the licence of sources under %j as %s', async (licences, line) => {
    const { manifest } = await documentsInput();
    const sources = licences.map((licence, i) => ({ dataset: `d${i}`, source: null, licence }));
    expect(yamlOf(await card({ manifest: { ...manifest, sources } }))).toContain(line);
  });
});
