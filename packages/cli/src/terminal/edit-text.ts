import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { quoteForShell } from '@retort/schema';
import { UsageError } from '../usage-error.ts';
import { decodeText } from './read-text.ts';

/** What a person leaves of a text in the editor that VISUAL or EDITOR names. @throws UsageError none is named, or it failed */
export async function editText(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const editor = env.VISUAL || env.EDITOR;
  if (!editor) throw new UsageError('Give the new description with --text FILE (- is stdin), or set EDITOR.');
  const folder = await mkdtemp(join(tmpdir(), 'retort-review-'));
  try {
    const file = join(folder, 'description.txt');
    await writeFile(file, `${text}\n`);
    // Through a shell, since EDITOR may hold arguments: `code --wait`.
    const child = spawn(`${editor} ${quoteForShell(file)}`, { shell: true, stdio: 'inherit' });
    const [code] = await once(child, 'close');
    if (code !== 0) throw new UsageError(`The editor (${editor}) ended with ${code}: nothing was noted.`);
    return decodeText('EDITOR', file, await readFile(file));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
