import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readRatings, sampleDataset } from '@retort/datasets';
import { type ErrorCode, isRetortError, sha256 } from '@retort/schema';
import { openStore, type PredictionRow } from '@retort/store';
import { describe, expect, it } from 'vitest';
import { benchmarkDocumentSchema } from '../../packages/cli/src/benchmark/document.ts';
import { readPredictions } from '../../packages/cli/src/benchmark/read-predictions.ts';
import { type BenchmarkFlags, benchmarkCommand } from '../../packages/cli/src/commands/benchmark.ts';
import { EXIT, exitCodeFor } from '../../packages/cli/src/exit-codes.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { fillHome, saveSample } from '../store/filled-home.ts';
import { quietTerminal } from './quiet-terminal.ts';

const CACHE = process.env.RETORT_CACHE || fileURLToPath(new URL('../../.cache', import.meta.url));
const SAMPLE = sampleDataset();

async function benchmark(predictions: string | undefined, flags: BenchmarkFlags = {}) {
  const { RETORT_PYTHON: python } = process.env;
  const { terminal, printed, said } = quietTerminal({
    RETORT_CACHE: CACHE,
    ...(python === undefined ? {} : { RETORT_PYTHON: python }),
  });
  const code = await benchmarkCommand(predictions, { home: temporaryFolder(), ...flags }, terminal);
  return { code, out: printed.join('\n'), said: said.join('\n') };
}

/** How the command ends when it can't do it: exit code and sentence. */
async function failure(predictions: string | undefined, flags: BenchmarkFlags = {}) {
  try {
    await benchmark(predictions, flags);
  } catch (error) {
    if (isRetortError(error)) return { exit: exitCodeFor(error.code as ErrorCode), message: error.message };
    throw error;
  }
  return { exit: EXIT.ok, message: '' };
}

function csv(text: string): string {
  const file = join(temporaryFolder(), 'theirs.csv');
  writeFileSync(file, text);
  return file;
}

/** The sample's recorded answers as a method: a description of few words as a low score, 0 to 5. */
function wordCounts(): ReadonlyMap<string, number> {
  const lines = readFileSync(SAMPLE.recordings, 'utf8').trim().split('\n');
  const answers = lines.map((line): { image: string; aspect: string; response: string } => JSON.parse(line));
  return new Map(
    answers
      .filter(({ aspect }) => aspect === 'quality')
      .map(({ image, response }) => [image, Math.min(5, response.split(' ').length / 10)]),
  );
}

/** A home with one fit of the sample, whose test rows are its first `count` images and say `value` of each. */
async function homeWithFit(count: number, value: (mos: number, at: number) => number): Promise<string> {
  const home = temporaryFolder();
  const store = openStore(home);
  const { datasetId } = fillHome(store);
  const predictions: PredictionRow[] = [];
  for await (const row of readRatings(join(SAMPLE.path, 'data.csv'))) {
    if (row.kind === 'rejected' || predictions.length === count) continue;
    const { name, ratings } = row.rated;
    const mos = ratings.find(({ aspect }) => aspect === 'quality')?.mos ?? Number.NaN;
    saveSample(store, datasetId, predictions.length + 1, { name, ratings });
    const place = { sampleName: name, aspect: 'quality', head: 'xlstm', split: 'test' } as const;
    predictions.push({ ...place, mos, predictedMos: value(mos, predictions.length), low: null, high: null });
  }
  const corpusKey = sha256('corpus');
  store.corpora.save({ key: corpusKey, manifest: { splitBy: 'image-prompt' }, audit: {}, rows: [] });
  const about = { config: {}, result: {}, checkpointPath: '/x', checkpointHash: sha256('x') };
  store.training.save(datasetId, {
    key: sha256('fit'),
    corpusKey,
    ...about,
    epochs: [],
    metrics: [],
    predictions,
  });
  store.close();
  return home;
}

describe('distill benchmark', () => {
  it('judges real answers by the folds it wrote, in a table that keeps protocols apart', async () => {
    const folds = join(temporaryFolder(), 'folds.csv');
    expect(await benchmark(undefined, { writeSplits: folds })).toMatchObject({ code: EXIT.ok, out: '' });
    const [header, ...rows] = readFileSync(folds, 'utf8').trim().split('\n');
    expect(header).toBe('name,prompt_fold,model');
    expect(rows).toHaveLength(297);
    const counts = wordCounts();
    const lines = rows.map((row) => {
      const [name = '', fold] = row.split(',');
      return `${name},${counts.get(name)},${fold},answer length`;
    });
    const file = csv(['name,prediction,fold,method', ...lines].join('\n'));
    const { code, out, said } = await benchmark(file, { aspect: 'quality' });
    expect(code).toBe(EXIT.ok);
    const table = out.split('\n').slice(3, out.split('\n').indexOf('', 3));
    expect(table[1]).toMatch(/^prompt-disjoint, 5 folds +answer length +297 +0\.\d{3} \[/);
    expect(table[2]).toMatch(/^-+$/);
    expect(table[3]).toMatch(/^prompt-disjoint, 5 folds by hash +floor: metadata alone +297 +0\.6/);
    expect(table[4]).toMatch(/^-+$/);
    expect(table.slice(5).filter((line) => !/^-+$/.test(line))).toSatisfy((rest: string[]) =>
      rest.every((line) => line.startsWith('published figure (')),
    );
    expect(out).toContain('no judged row’s image prompt was trained on');
    expect(said).toContain('judging 1 of 1: answer length, quality');
  });

  it('holds predictions to a stored fit on the rows that both have', async () => {
    const home = await homeWithFit(120, (mos, at) => Math.min(5, Math.max(0, mos + Math.sin(at))));
    const lines = [...wordCounts()].map(([name, value]) => `${name},${value}`);
    const file = csv(['image,quality', ...lines, 'nobody.jpg,2'].join('\n'));
    const { out } = await benchmark(file, { home, json: true, dataset: 'sample' });
    const { methods, stored } = benchmarkDocumentSchema.parse(JSON.parse(out));
    const [method] = methods;
    expect(method).toMatchObject({ method: 'theirs', protocol: 'unstated', n: 297, coverage: 1 });
    expect(method?.leaks.unknown_names).toEqual({ rows: 1, names: ['nobody.jpg'] });
    expect(stored).toMatchObject([{ head: 'xlstm', protocol: 'prompt-disjoint, one split', n: 120 }]);
    const [against] = method?.minus_stored ?? [];
    expect(against).toMatchObject({ n: 120, same_protocol: false, refused: null });
    expect(against?.srcc?.value).toBeLessThan(0);
    expect(against?.srcc?.interval?.[1]).toBeLessThan(0);
  });

  it.each([
    ['no column of names', 'file,prediction\na.jpg,1\n', /no column "name" of image names.*file, prediction/],
    ['no predictions', 'name,score\na.jpg,1\n', /no column "prediction".*name, score/],
    ['a word', 'name,quality\na.jpg,good\n', /theirs\.csv, line 2 \(a\.jpg\).*a number and is "good"/],
    ['no name', 'name,quality\n,3\n', /line 2 \(no name\): expected the name of an image/],
    ['another aspect', 'name,prediction,aspect\na.jpg,1,beauty\n', /one of quality.*is "beauty"/],
    ['two meanings', 'name,prediction,quality\na.jpg,1,2\n', /keep the one or the others/],
    ['an empty file', '', /holds no prediction/],
    ['a header alone', 'name,quality\n', /holds no prediction/],
    [
      'fold and split',
      'name,quality,fold,split\nAttnGAN_normal_001.jpg,1,1,test\n',
      /theirs\.csv, line 2 .* a fold and a split/,
    ],
    [
      'a split that is none',
      'name,quality,split\na.jpg,1,holdout\n',
      /one of train, val, test and is "holdout"/,
    ],
    ['strangers', 'name,quality\nnobody.jpg,1\n', /no name is an image of the dataset \('nobody\.jpg'/],
  ])('ends with 1 and a sentence for %s', async (_, text, message) => {
    const end = await failure(csv(text));
    expect(end.exit).toBe(EXIT.failed);
    expect(end.message).toMatch(message);
  });

  it('ends with 2 where another command line would do', async () => {
    const file = csv('name,prediction\nAttnGAN_normal_001.jpg,1\n');
    expect(await failure(undefined)).toMatchObject({ exit: EXIT.usage });
    expect(await failure('/nowhere.csv')).toMatchObject({ exit: EXIT.usage });
    expect(await failure(file, { aspect: 'beauty' })).toMatchObject({ exit: EXIT.usage });
    expect(await failure(file)).toMatchObject({
      exit: EXIT.usage,
      message: expect.stringMatching(/quality or correspondence: say which with --aspect/),
    });
    expect(await failure(undefined, { writeSplits: '/nowhere/folds.csv' })).toMatchObject({
      exit: EXIT.usage,
    });
  });
});

describe('readPredictions', () => {
  it('understands what predict prints, and names columns it has no use for', async () => {
    const file = csv(
      'image,aspect,predicted_mos,low,high,note\n"a, b.jpg",correspondence,2.5,2,3,x\nc.jpg,quality,,,,\n',
    );
    const aspect = () => {
      throw new Error('every row has an aspect');
    };
    expect(await readPredictions(file, { aspect, method: 'ours' })).toEqual({
      lines: [
        {
          row: 2,
          sample_name: 'a, b.jpg',
          aspect: 'correspondence',
          method: 'ours',
          predicted_mos: 2.5,
          seed: null,
          fold: null,
          split: null,
          protocol: null,
        },
      ],
      unused: ['note'],
    });
  });
});
