import { describe, expect, it } from 'vitest';
import { croissant, croissantText } from '../../../packages/corpus/src/documents/croissant.ts';
import { exportDocuments } from '../../../packages/corpus/src/documents/export-documents.ts';
import { croissantProblems } from './croissant-problems.ts';
import { documentsInput, TEACHER } from './documents-input.ts';

describe('croissant', () => {
  it('has all that the specification requires', async () => {
    expect(croissantProblems(JSON.parse(croissantText(await documentsInput())))).toEqual([]);
  });

  it('names each file with its size and checksum, and a record set for it', async () => {
    const { distribution, recordSet } = croissant(await documentsInput());
    expect(distribution).toHaveLength(3);
    expect(distribution[0]).toEqual({
      '@type': 'cr:FileObject',
      '@id': 'ms-swift/train.jsonl',
      name: 'ms-swift/train.jsonl',
      contentUrl: 'ms-swift/train.jsonl',
      contentSize: '300 B',
      encodingFormat: 'application/jsonlines',
      sha256: 'ab'.repeat(32),
    });
    expect(recordSet.map((set) => set['@id'])).toEqual(['ms-swift-train', 'ms-swift-val', 'ms-swift-test']);
  });

  it('shows the pictures of parquet as pictures', async () => {
    const file = {
      path: 'parquet/train-00000.parquet',
      split: 'train',
      bytes: 1,
      sha256: '00',
      rows: 1,
    } as const;
    const { recordSet } = croissant(await documentsInput({ formats: [{ name: 'parquet', files: [file] }] }));
    expect(recordSet[0]?.field).toContainEqual({
      '@type': 'cr:Field',
      '@id': 'parquet-train-00000/image',
      name: 'image',
      dataType: 'sc:ImageObject',
      source: {
        fileObject: { '@id': file.path },
        extract: { column: 'image' },
        transform: { jsonPath: 'bytes' },
      },
    });
  });

  it('names the machines that annotated, and is dated by the latest of their answers', async () => {
    const early = { ...TEACHER, lastFinishedAt: '2026-01-01T00:00:00Z' };
    const described = croissant(await documentsInput({ teachers: [TEACHER, early] }));
    expect(described['rai:machineAnnotationTools']).toEqual(['gemini-1.5-pro (replay)']);
    expect(described.datePublished).toBe('2026-03-04');
    const recorded = { ...TEACHER, teacher: 'replay', lastRecordedAt: '2024-05-01T09:00:00Z' };
    expect(croissant(await documentsInput({ teachers: [recorded] })).datePublished).toBe('2024-05-01');
  });
});

describe('croissantProblems', () => {
  const complete = async (): Promise<Record<string, unknown>> =>
    JSON.parse(croissantText(await documentsInput()));

  it('refuses another version, and a file without a checksum', async () => {
    const description = await complete();
    expect(
      croissantProblems({ ...description, conformsTo: 'http://mlcommons.org/croissant/1.0' }),
    ).toHaveLength(1);
    const distribution = [
      { '@type': 'cr:FileObject', '@id': 'a', name: 'a', contentUrl: 'a', encodingFormat: 'b' },
    ];
    expect(croissantProblems({ ...description, distribution })).toEqual([
      'distribution a: sha256 is missing',
    ]);
  });
});

describe('exportDocuments', () => {
  it('gives the same text for the same input', async () => {
    const [once, again] = [exportDocuments(await documentsInput()), exportDocuments(await documentsInput())];
    expect(again).toEqual(once);
    expect(once.map(({ name }) => name)).toEqual(['README.md', 'croissant.json']);
  });
});
