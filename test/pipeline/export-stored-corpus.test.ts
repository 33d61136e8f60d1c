import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TokenCounter, WHOLE_CORPUS } from '@retort/corpus';
import { buildRunCorpus, type ExportRequest, exportStoredCorpus, findCorpusKey } from '@retort/pipeline';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { openBed, runToAnswers, samplePlan } from './pipeline-bed.ts';

/** Counts a token a character, so that the longest texts are the longest rows. */
const LETTERS: TokenCounter = {
  exact: true,
  name: 'a token a character',
  count: ({ turns }) => ({
    total: turns.reduce((sum, { text }) => sum + text.length, 0),
    image: 0,
    exact: true,
  }),
};

async function requestOf(change: Partial<ExportRequest> = {}) {
  const deps = openBed();
  const corpus = await buildRunCorpus(deps, await runToAnswers(deps, samplePlan(20)));
  const request: ExportRequest = {
    corpus,
    formats: ['ms-swift'],
    dir: join(temporaryFolder(), 'out'),
    shape: WHOLE_CORPUS,
    imageMode: 'path',
    overwrite: false,
    dryRun: false,
    counter: LETTERS,
    ...change,
  };
  return { deps, request };
}

describe('exportStoredCorpus', () => {
  it('leaves nothing out unasked, and says how many rows a trainer cuts and which are long', async () => {
    const { deps, request } = await requestOf();
    const report = await exportStoredCorpus(deps, request);
    expect(report).toMatchObject({ key: request.corpus, rows: 40, survey: { leftOut: 0 } });
    const { tokens } = report.survey;
    expect(tokens?.cut.map(({ limit }) => limit)).toEqual([512, 1024, 2048]);
    const lengths = readFileSync(join(request.dir, 'rows.jsonl'), 'utf8').trim().split('\n').length;
    expect(lengths).toBe(40);
    expect(tokens?.cut[0]?.rows).toBeGreaterThan(0);
    expect(tokens?.longRows).toHaveLength(tokens?.cut[2]?.rows ?? -1);
  });

  it('leaves out the rows above a limit, lists them, and names the rest by what they are', async () => {
    const { deps, request } = await requestOf();
    const whole = await exportStoredCorpus(deps, { ...request, dryRun: true });
    const cut = whole.survey.tokens?.cut[0]?.rows ?? 0;
    const report = await exportStoredCorpus(deps, { ...request, shape: { ...WHOLE_CORPUS, maxTokens: 512 } });
    expect(report).toMatchObject({ rows: 40 - cut, survey: { leftOut: cut } });
    expect(report.survey.tokens?.longest).toBeLessThanOrEqual(512);
    expect(report.key).not.toBe(request.corpus);
    const listed = readFileSync(join(request.dir, 'left-out.jsonl'), 'utf8').trim().split('\n');
    expect(listed).toHaveLength(cut);
    expect(JSON.parse(listed[0] ?? '').reason).toMatch(/^has \d+ tokens, more than 512$/);
    expect(JSON.parse(readFileSync(join(request.dir, 'corpus.json'), 'utf8'))).toMatchObject({
      max_tokens: 512,
    });
  });

  it('says why nothing is left, and how the export is written again', async () => {
    const { deps, request } = await requestOf({ imageMode: 'copy', student: 'minicpm-v-2_6' });
    const shapeOf = (change: Partial<ExportRequest['shape']>) => ({
      ...request,
      shape: { ...WHOLE_CORPUS, ...change },
    });
    await expect(exportStoredCorpus(deps, shapeOf({ maxTokens: 1 }))).rejects.toThrow(
      /All 40 rows that were asked for are left out, the first is .*: it has \d+ tokens, more than 1\./,
    );
    await expect(exportStoredCorpus(deps, shapeOf({ splits: ['test'] }))).rejects.toThrow(
      /of the splits and aspects/,
    );
    await exportStoredCorpus(deps, request);
    expect(readFileSync(join(request.dir, 'README.md'), 'utf8')).toContain(
      '--images copy --student minicpm-v-2_6 --out EXPORT',
    );
  });

  it('finds a corpus by the beginning of its key', async () => {
    const { deps, request } = await requestOf();
    expect(findCorpusKey(deps, request.corpus.slice(7, 15))).toBe(request.corpus);
    expect(() => findCorpusKey(deps, 'zz')).toThrow(/no corpus zz/);
  });
});
