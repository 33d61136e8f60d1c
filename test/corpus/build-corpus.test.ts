import { canonicalJson, sha256 } from '@retort/schema';
import { describe, expect, it } from 'vitest';
import {
  buildCorpus,
  CorpusEmptyError,
  type CorpusMeta,
  CorpusRowError,
} from '../../packages/corpus/src/index.ts';
import { buildRow, buildRows } from './build-row.ts';

const META: CorpusMeta = {
  splitBy: 'image-prompt',
  seed: 1,
  fractions: { train: 0.6, val: 0.2, test: 0.2 },
  promptVersions: { 'quality/blind.v1': 'sha256:aa' },
  sources: [{ dataset: 'made-up', source: null, licence: null }],
};

describe('buildCorpus', () => {
  it('gives equal rows and rules the same key, from an array or a stream', async () => {
    const rows = buildRows(5);
    async function* stream() {
      yield* rows;
    }
    const [a, b] = [await buildCorpus(rows, META), await buildCorpus(stream(), { ...META })];
    expect(a).toEqual(b);
    expect(a.key).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it('hashes each row as one line of canonical JSON, short or long', async () => {
    const rows = buildRows(200).map((row, i) => ({
      ...row,
      imagePrompt: '😀 ä'.repeat(i % 50 === 0 ? 40_000 : i),
    }));
    const lines = rows.map((row) => `${canonicalJson(row)}\n`).join('');
    const { manifest } = await buildCorpus(rows, META);
    expect(manifest.rowsHash).toBe(sha256(lines));
  });

  it('changes the key with anything that decides the corpus', async () => {
    const rows = buildRows(3);
    const [first, ...rest] = rows;
    if (first === undefined) throw new Error('no rows');
    const builds = [
      buildCorpus(rows, META),
      buildCorpus(rest, META),
      buildCorpus([{ ...first, split: 'test' }, ...rest], META),
      buildCorpus(
        [{ ...first, turns: first.turns.map((t) => ({ ...t, text: `${t.text}.` })) }, ...rest],
        META,
      ),
      buildCorpus([{ ...first, model: 'another' }, ...rest], META),
      buildCorpus(rows, { ...META, seed: 2 }),
      buildCorpus(rows, { ...META, splitBy: 'random' }),
      buildCorpus(rows, { ...META, promptVersions: { 'quality/blind.v1': 'sha256:bb' } }),
    ];
    expect(new Set((await Promise.all(builds)).map(({ key }) => key)).size).toBe(builds.length);
  });

  it('counts rows by split, aspect and teacher', async () => {
    const rows = [...buildRows(2, 'test'), ...buildRows(3, 'train')];
    const { manifest } = await buildCorpus(rows, META);
    expect(manifest).toMatchObject({
      rows: 5,
      images: 5,
      rowsBySplit: { train: 3, val: 0, test: 2 },
      rowsByAspect: { quality: 5 },
      ratedRows: 5,
      teachers: [{ teacher: 'replay', model: 'gemini-1.5-pro', rows: 5 }],
    });
  });

  it('refuses rows out of order, a row twice, and no rows', async () => {
    const [a, b] = [buildRow({}, 'a.jpg'), buildRow({}, 'b.jpg')];
    await expect(buildCorpus([b, a], META)).rejects.toThrow(CorpusRowError);
    await expect(buildCorpus([a, a], META)).rejects.toThrow(CorpusRowError);
    await expect(buildCorpus([buildRow(), buildRow({ aspect: 'correspondence' })], META)).rejects.toThrow(
      /ordered/,
    );
    await expect(buildCorpus([], META)).rejects.toThrow(CorpusEmptyError);
  });
});
