import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCodeOf } from '@retort/schema';
import { CorpusUsageError } from '../errors.ts';
import { TOKENIZER_CONFIG_FILE, TOKENIZER_FILE } from './read-tokenizer.ts';

/** Where models are downloaded from and kept. */
export interface TokenizerHub {
  readonly fetch: typeof fetch;
  /** Without a slash at its end. */
  readonly url: string;
  /** For models that ask who one is; never printed. */
  readonly token: string | null;
  /** Folder for downloaded tokenizers. */
  readonly cacheDir: string;
}

/**
 * The folder with a model's tokenizer, downloaded once and kept. It appears whole or not at all.
 *
 * @param model `owner/name` on the hub
 * @throws CorpusUsageError when the hub doesn't give it
 */
export async function fetchTokenizer(model: string, hub: TokenizerHub): Promise<string> {
  const folder = join(hub.cacheDir, model.replace('/', '--'));
  if (await isFilled(folder)) return folder;
  const tokenizer = await download(model, TOKENIZER_FILE, hub);
  if (tokenizer === null) {
    throw new CorpusUsageError(
      `--tokenizer: ${hub.url} has no ${TOKENIZER_FILE} for ${model}: give the path of one, or another model.`,
    );
  }
  const config = await download(model, TOKENIZER_CONFIG_FILE, hub);
  await mkdir(hub.cacheDir, { recursive: true });
  const staging = await mkdtemp(join(dirname(folder), '.partial-'));
  try {
    await writeFile(join(staging, TOKENIZER_FILE), tokenizer);
    if (config !== null) await writeFile(join(staging, TOKENIZER_CONFIG_FILE), config);
    await rename(staging, folder);
  } catch (error) {
    // Another process was faster: its copy is as good.
    if (!['ENOTEMPTY', 'EEXIST'].includes(errorCodeOf(error) ?? '')) throw error;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  return folder;
}

async function isFilled(folder: string): Promise<boolean> {
  try {
    return (await readdir(folder)).includes(TOKENIZER_FILE);
  } catch (error) {
    if (errorCodeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

/** @returns null when the hub says that there is no such file */
async function download(model: string, file: string, hub: TokenizerHub): Promise<Uint8Array | null> {
  const url = `${hub.url}/${model}/resolve/main/${file}`;
  const headers: Record<string, string> = hub.token === null ? {} : { authorization: `Bearer ${hub.token}` };
  let response: Response;
  try {
    response = await hub.fetch(url, { headers });
  } catch (cause) {
    throw new CorpusUsageError(
      `--tokenizer: ${url} can't be reached: download ${TOKENIZER_FILE} elsewhere and give its path.`,
      { cause },
    );
  }
  if (response.status === 404) return null;
  if (!response.ok) {
    throw new CorpusUsageError(
      `--tokenizer: expected ${url}, the hub answered ${response.status}: ${
        [401, 403].includes(response.status) ? 'set HF_TOKEN to one that may read it' : 'try again later'
      }, or give a path.`,
    );
  }
  return new Uint8Array(await response.arrayBuffer());
}
