import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runDistill, testFolder } from './run-distill.ts';

const SAMPLE_IMAGES = join(import.meta.dirname, '../../packages/datasets/sample/images');

interface Prediction {
  readonly image: string;
  readonly aspect: string;
  readonly predicted_mos: number;
  readonly low: number;
  readonly high: number;
}

async function predict(
  checkpoint: string,
  images: string,
  more: readonly string[] = [],
): Promise<Prediction[]> {
  const end = await runDistill([
    'predict',
    '--checkpoint',
    checkpoint,
    '--images',
    images,
    '--json',
    ...more,
  ]);
  expect(end.code, end.stderr).toBe(0);
  return JSON.parse(end.stdout) as Prediction[]; // the shape is asserted by each test
}

/** What `distill predict` promises of a checkpoint that knows `quality`. */
export function describePredict(checkpoint: () => string): void {
  it('scores pixels and image prompt alone: neither a file name nor another column moves a score', async () => {
    const folder = await testFolder();
    const plain = join(folder, 'plain');
    const named = join(folder, 'named');
    await Promise.all([mkdir(plain), mkdir(named)]);
    await copyFile(join(SAMPLE_IMAGES, 'xl2.2_normal_014.jpg'), join(plain, 'a.jpg'));
    await copyFile(join(SAMPLE_IMAGES, 'xl2.2_normal_014.jpg'), join(named, 'AttnGAN_normal_000.jpg'));
    await writeFile(
      join(folder, 'a.csv'),
      'name,prompt,mos_quality,generator\na.jpg,a small leopard gecko,0.01,AttnGAN\n',
    );
    await writeFile(join(folder, 'b.csv'), 'name,prompt\nAttnGAN_normal_000.jpg,a small leopard gecko\n');
    const [first] = await predict(checkpoint(), plain, ['--image-prompts', join(folder, 'a.csv')]);
    const [second] = await predict(checkpoint(), named, ['--image-prompts', join(folder, 'b.csv')]);
    expect(first).toMatchObject({
      image: 'a.jpg',
      aspect: 'quality',
      low: expect.any(Number),
      high: expect.any(Number),
    });
    expect(second?.predicted_mos).toBe(first?.predicted_mos);
    expect(first?.low).toBeLessThan(Number(first?.predicted_mos));
    expect(first?.high).toBeGreaterThan(Number(first?.predicted_mos));
  });

  it('prints CSV, sets a broken image aside and fails only when nothing could be scored', async () => {
    const folder = await testFolder();
    await copyFile(join(SAMPLE_IMAGES, 'xl2.2_normal_014.jpg'), join(folder, 'good, "better".jpg'));
    await writeFile(join(folder, 'broken.png'), '<html>not an image</html>');
    const end = await runDistill(['predict', '--checkpoint', checkpoint(), '--images', folder]);
    expect(end.code).toBe(0);
    const lines = end.stdout.trim().split('\n');
    expect(lines[0]).toBe('image,aspect,predicted_mos,low,high');
    expect(lines[1]).toMatch(/^"good, ""better""\.jpg",quality,\d/);
    expect(lines).toHaveLength(2);
    expect(end.stderr).toContain('broken.png');
  });

  it('packs the scorer, and the pack writes to --out what the checkpoint prints', async () => {
    const folder = await testFolder();
    const pack = join(folder, 'pack');
    await copyFile(join(SAMPLE_IMAGES, 'xl2.2_normal_014.jpg'), join(folder, 'a.jpg'));
    await writeFile(join(folder, 'list.csv'), 'name,prompt\na.jpg,a small leopard gecko\n');
    const packing = ['scorer', 'pack', '--checkpoint', checkpoint(), '--out', pack];
    const packed = await runDistill(packing);
    expect(packed, packed.stderr).toMatchObject({ code: 0, stdout: expect.stringContaining(pack) });
    expect(await runDistill(packing)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--overwrite'),
    });
    const list = join(folder, 'list.csv');
    const out = join(folder, 'scores.csv');
    const written = await runDistill(['predict', '--checkpoint', pack, list, '--out', out]);
    expect(written, written.stderr).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('1 images scored'),
    });
    const printed = await runDistill(['predict', '--checkpoint', checkpoint(), list]);
    expect(await readFile(out, 'utf8')).toBe(printed.stdout);
  }, 180_000);

  it('refuses what is no checkpoint of ours, a missing folder and a table without its columns', async () => {
    const folder = await testFolder();
    await writeFile(join(folder, 'fake.safetensors'), 'nothing');
    await writeFile(join(folder, 'table.csv'), 'file,text\na.jpg,b\n');
    await copyFile(join(SAMPLE_IMAGES, 'xl2.2_normal_014.jpg'), join(folder, 'a.jpg'));
    const fake = join(folder, 'fake.safetensors');
    const notOurs = await runDistill(['predict', '--checkpoint', fake, '--images', folder]);
    expect(notOurs).toMatchObject({ code: 1, stderr: expect.stringContaining('fake.safetensors') });
    const nowhere = await runDistill([
      'predict',
      '--checkpoint',
      checkpoint(),
      '--images',
      join(folder, 'none'),
    ]);
    expect(nowhere).toMatchObject({ code: 2, stderr: expect.stringContaining('--images') });
    const table = ['--image-prompts', join(folder, 'table.csv')];
    const columns = await runDistill(['predict', '--checkpoint', checkpoint(), '--images', folder, ...table]);
    expect(columns).toMatchObject({ code: 1, stderr: expect.stringContaining('name') });
  });
}
