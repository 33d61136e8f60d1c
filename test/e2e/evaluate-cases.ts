import { copyFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readRatings, sampleDataset } from '../../packages/datasets/src/index.ts';
import { csvText } from '../datasets/dataset-folder.ts';
import { runDistill, startDistill, testFolder } from './run-distill.ts';

/** Forty images are encoded and two folds trained. */
const CASE_LIMIT_MS = 300_000;
const SAMPLE = sampleDataset();
const COLUMNS = [
  '--columns',
  'name=file,image_prompt=caption,generator=model,mos_quality=score',
  '--scale',
  '0:100',
];
const SEEN_PROMPTS = 2;
const NEW_PROMPTS = 4;

/** What a corpus says of an image. */
interface CorpusRow {
  readonly image_prompt: string;
  readonly split: string;
}

/** A dataset of real images under names and on a scale of its own: some prompts of the corpus's train rows, some that are new. */
async function writeOther(
  corpus: string,
): Promise<{ folder: string; seen: number; rated: number; trainedPrompts: number }> {
  const lines = (await readFile(join(corpus, 'rows.jsonl'), 'utf8')).trim().split('\n');
  const rows = lines.map((line) => JSON.parse(line) as CorpusRow); // the corpus's own format
  const known = new Set(rows.map((row) => row.image_prompt));
  const trained = new Set(rows.filter(({ split }) => split !== 'test').map((row) => row.image_prompt));
  const train = [...new Set(rows.filter(({ split }) => split === 'train').map((row) => row.image_prompt))];
  const taken = new Set(train.slice(0, SEEN_PROMPTS));
  const folder = await testFolder();
  await mkdir(join(folder, 'images'));
  const table = [['file', 'caption', 'model', 'score']];
  let seen = 0;
  for await (const row of readRatings(join(SAMPLE.path, 'data.csv'))) {
    if (row.kind === 'rejected') continue;
    const { name, imagePrompt, ratings } = row.rated;
    if (imagePrompt === null || (known.has(imagePrompt) && !taken.has(imagePrompt))) continue;
    if (taken.size < SEEN_PROMPTS + NEW_PROMPTS) taken.add(imagePrompt);
    if (!taken.has(imagePrompt)) continue;
    const file = `images/${table.length}.jpg`;
    await copyFile(join(SAMPLE.path, 'images', name), join(folder, file));
    const mos = ratings.find(({ aspect }) => aspect === 'quality')?.mos ?? Number.NaN;
    table.push([file, ` ${imagePrompt.toUpperCase()}`, name.split('_')[0] ?? '', String(20 * mos)]);
    if (known.has(imagePrompt)) seen += 1;
  }
  await writeFile(join(folder, 'data.csv'), csvText(table));
  return { folder, seen, rated: table.length - 1, trainedPrompts: trained.size };
}

/** What `distill evaluate` promises of a checkpoint that knows `quality`, in a home whose corpus it was fitted on. */
export function describeEvaluate(job: () => { home: string; checkpoint: string; corpus: string }): void {
  it('leaves out what was trained on, trains the predictor once through Ctrl-C, and writes what benchmark reads', {
    timeout: CASE_LIMIT_MS,
  }, async () => {
    const { home, checkpoint, corpus } = job();
    const { folder, seen, rated, trainedPrompts } = await writeOther(corpus);
    expect(seen).toBeGreaterThanOrEqual(18); // some of the sample's prompts have nine images
    const fresh = rated - seen;
    const csv = join(folder, 'predictions.csv');
    const dataset = ['--path', folder, ...COLUMNS];
    const judge = ['evaluate', '--checkpoint', checkpoint, '--home', home, ...dataset];
    const args = [...judge, '--train-predictor', '--folds', '2', '--out', csv];
    const interrupted = startDistill(args);
    interrupted.child.stderr?.on('data', (chunk: Buffer) => {
      if (chunk.toString('utf8').includes('training the predictor')) interrupted.child.kill('SIGINT');
    });
    expect(await interrupted.finished).toMatchObject({
      code: 130,
      stderr: expect.stringContaining('go on with'),
    });
    const end = await runDistill([...args, '--json']);
    expect(end.code, end.stderr).toBe(0);
    expect(JSON.parse(end.stdout)).toMatchObject({
      images: rated,
      trained_on: { images: 80, image_prompts: trainedPrompts },
      aspects: [
        {
          aspect: 'quality',
          rated,
          n: fresh,
          shared: { image_prompts: { rows: seen }, images: { rows: seen } },
          methods: [
            { method: 'checkpoint', n: fresh, protocol: 'prompt-disjoint, a checkpoint' },
            { method: 'trained predictor', n: fresh, protocol: 'prompt-disjoint, 2 folds of its own' },
            { method: 'checkpoint, all rows', n: rated, protocol: 'a checkpoint (prompts shared)' },
            { method: 'trained predictor, all rows', n: rated },
          ],
          difference: { srcc_difference: expect.any(Number) },
        },
      ],
    });
    const [work = ''] = await readdir(join(home, 'evaluations'));
    const fold = join(home, 'evaluations', work, 'quality.0.jsonl');
    const before = (await stat(fold)).mtimeMs;
    const again = await runDistill(args);
    expect((await stat(fold)).mtimeMs).toBe(before);
    expect(again.stdout).toContain(
      `${fresh} of ${rated}; ${seen} are left out: ${seen} share an image prompt, ${seen} the image`,
    );
    const benchmark = await runDistill(['benchmark', csv, '--home', home, ...dataset, '--json']);
    expect(benchmark.code, benchmark.stderr).toBe(0);
    const [ours] = (JSON.parse(end.stdout) as { aspects: [{ methods: [{ figures: { srcc: number } }] }] })
      .aspects;
    expect(JSON.parse(benchmark.stdout)).toMatchObject({
      methods: [
        {
          method: 'checkpoint',
          n: fresh,
          protocol: 'prompt-disjoint, one split',
          figures: { srcc: expect.closeTo(ours.methods[0].figures.srcc, 6) },
        },
        { method: 'trained predictor', n: rated, protocol: 'prompt-disjoint, 2 folds of its own' },
      ],
    });
  });

  it('says what is wrong with a dataset, a checkpoint or a command line', {
    timeout: CASE_LIMIT_MS,
  }, async () => {
    const { home, checkpoint } = job();
    const folder = await testFolder();
    await copyFile(join(SAMPLE.path, 'images', 'xl2.2_normal_014.jpg'), join(folder, 'a.jpg'));
    const other = join(folder, 'data.csv');
    const evaluate = (...more: string[]) =>
      runDistill(['evaluate', '--home', home, '--checkpoint', checkpoint, '--path', folder, ...more]);
    await writeFile(other, 'name,image_prompt\na.jpg,a gecko\n');
    expect(await evaluate()).toMatchObject({ code: 2, stderr: expect.stringContaining('has no ratings') });
    await writeFile(other, 'name,image_prompt,mos_authenticity\na.jpg,a gecko,3\n');
    expect(await evaluate()).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(
        'The checkpoint predicts quality, the dataset has ratings of authenticity',
      ),
    });
    await writeFile(other, 'name,image_prompt,mos_quality\na.jpg,a gecko,3\n');
    expect(await evaluate('--train-predictor')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("1 image prompts rated in quality can't make 5 folds"),
    });
    expect(await evaluate('--folds', '3')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--train-predictor'),
    });
    await writeFile(join(folder, 'fake.safetensors'), 'nothing');
    expect(await evaluate('--checkpoint', join(folder, 'fake.safetensors'))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('fake.safetensors'),
    });
  });
}
