import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { testFolder } from './run-distill.ts';

export const SAMPLE = join(import.meta.dirname, '../../packages/datasets/sample');

/** A PNG whose header says 30,000 x 30,000 pixels. */
function bomb(): Buffer {
  const bytes = Buffer.alloc(64);
  Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex').copy(bytes);
  bytes.writeUInt32BE(30_000, 16);
  bytes.writeUInt32BE(30_000, 20);
  bytes.set([8, 2, 0, 0, 0], 24);
  return bytes;
}

/** A folder with ten good images and one of every bad row that a CSV can have. */
export async function badDataset(): Promise<{ folder: string; bad: number }> {
  const folder = await testFolder();
  const images = join(folder, 'images');
  await mkdir(images);
  const good = (await readdir(join(SAMPLE, 'images'))).sort().slice(0, 10);
  for (const name of good) await copyFile(join(SAMPLE, 'images', name), join(images, name));
  const jpeg = join(SAMPLE, 'images', good[0] ?? '');
  await writeFile(join(images, 'empty.jpg'), '');
  await writeFile(join(images, 'page.png'), '<!doctype html><title>404</title>');
  await writeFile(join(images, 'bomb.png'), bomb());
  execFileSync('sh', ['-c', `head -c 4000 "${jpeg}" > "${join(images, 'cut.jpg')}"`]);
  await writeFile(join(folder, 'secret.jpg'), 'outside');
  await symlink(join(folder, 'secret.jpg'), join(images, 'link.jpg'));
  const bad = [
    'missing.jpg,a prompt,2',
    'empty.jpg,a prompt,2',
    'cut.jpg,a prompt,2',
    'page.png,a prompt,2',
    'bomb.png,a prompt,2',
    'link.jpg,a prompt,2',
    '../secret.jpg,a prompt,2',
    '/etc/passwd,a prompt,2',
    `${good[1]},a duplicate,2`,
    `${good[0]?.replace('000', '999')},not there either,2`,
    ',no name,2',
  ];
  const badMos = ['bad-mos.jpg,not a number,high', 'far.jpg,out of scale,77'];
  for (const name of ['bad-mos.jpg', 'far.jpg']) await copyFile(jpeg, join(images, name));
  const rows = good.map(
    (name, index) => `${name},"prompt ""${index}"",\r\nin two lines",${(index % 5) * 0.9}`,
  );
  const text = ['file,caption,score', ...rows, ...bad, ...badMos].join('\r\n');
  await writeFile(join(folder, 'data.csv'), `\ufeff${text}\r\n`);
  return { folder, bad: bad.length + badMos.length };
}

export const COLUMNS = ['--columns', 'name=file,image_prompt=caption,mos_quality=score'];

export async function recordings(folder: string): Promise<string> {
  const path = join(folder, 'answers.jsonl');
  const names = (await readdir(join(folder, 'images'))).sort();
  const line = (image: string): string =>
    JSON.stringify({
      image,
      aspect: 'quality',
      model: 'made-up',
      response: `Made up for a test: ${image} looks plain.`,
    });
  await writeFile(path, names.map((name) => `${line(name)}\n`).join(''));
  return path;
}
