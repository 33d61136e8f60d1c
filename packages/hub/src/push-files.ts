import { openAsBlob } from 'node:fs';
import { commit, createRepo, HubApiError } from '@huggingface/hub';
import { HubError, HubUsageError } from './errors.ts';
import type { HubAccess } from './hub-access.ts';
import type { LocalFile } from './local-file.ts';
import { isThere, type RemoteFile, remoteFiles } from './remote-files.ts';

/** Files and bytes of one commit; the hub advises against more, and what is committed needn't be sent again. */
const COMMIT_FILES_MOST = 500;
const COMMIT_BYTES_MOST = 2 * 1024 ** 3;

export interface PushOptions {
  /** `owner/name` of a dataset. */
  readonly repo: string;
  /** Only for a repository that is made here: one that is there stays as it is. */
  readonly isPrivate: boolean;
  /** In the order in which they are to arrive. */
  readonly files: readonly LocalFile[];
  readonly title: string;
  readonly hub: HubAccess;
  readonly onProgress: (sent: number, files: number) => void;
}

export interface PushResult {
  readonly url: string;
  readonly created: boolean;
  readonly sent: number;
  /** Files whose content was there already. */
  readonly kept: number;
}

/**
 * Brings files into a dataset repository, made if need be, in commits of bounded size. What is there already isn't sent, so
 * that the same call goes on where one broke off. Takes nothing away.
 *
 * @throws HubUsageError for a name or token that can't be one; HubError when the hub refuses or can't be reached
 */
export async function pushFiles(given: PushOptions): Promise<PushResult> {
  checkNames(given);
  const options = { ...given, hub: { ...given.hub, fetch: explainingFetch(given.hub) } };
  const { repo, hub, files } = options;
  try {
    const found = await remoteFiles(repo, hub);
    if (found === null) await create(options);
    const missing = await missingOf(files, found ?? new Map());
    let sent = 0;
    for (const batch of batchesOf(missing)) {
      await commitFiles(options, batch);
      sent += batch.length;
      options.onProgress(sent, missing.length);
    }
    const kept = files.length - missing.length;
    return { url: `${hub.url}/datasets/${repo}`, created: found === null, sent, kept };
  } catch (error) {
    throw explain(error, options);
  }
}

function checkNames({ repo, hub }: PushOptions): void {
  if (!/^[\w.-]+\/[\w.-]+$/.test(repo)) {
    throw new HubUsageError(`--repo: expected owner/name, got “${repo}”.`);
  }
  if (!hub.token.startsWith('hf_')) {
    throw new HubUsageError('HF_TOKEN: expected a token of Hugging Face, which begins with hf_.');
  }
}

async function create({ repo, isPrivate, hub }: PushOptions): Promise<void> {
  await createRepo({
    repo: { type: 'dataset', name: repo },
    visibility: isPrivate ? 'private' : 'public',
    hubUrl: hub.url,
    accessToken: hub.token,
    fetch: hub.fetch,
  });
}

async function missingOf(
  files: readonly LocalFile[],
  found: ReadonlyMap<string, RemoteFile>,
): Promise<readonly LocalFile[]> {
  const missing: LocalFile[] = [];
  for (const file of files) if (!(await isThere(file, found.get(file.path)))) missing.push(file);
  return missing;
}

function* batchesOf(files: readonly LocalFile[]): Generator<readonly LocalFile[]> {
  let batch: LocalFile[] = [];
  let bytes = 0;
  for (const file of files) {
    const isFull = batch.length >= COMMIT_FILES_MOST || bytes + file.bytes > COMMIT_BYTES_MOST;
    if (isFull && batch.length > 0) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(file);
    bytes += file.bytes;
  }
  if (batch.length > 0) yield batch;
}

async function commitFiles({ repo, title, hub }: PushOptions, batch: readonly LocalFile[]): Promise<void> {
  const operations = await Promise.all(
    batch.map(async ({ path, file }) => ({
      operation: 'addOrUpdate' as const,
      path,
      content: await openAsBlob(file),
    })),
  );
  await commit({
    repo: { type: 'dataset', name: repo },
    title,
    operations,
    hubUrl: hub.url,
    accessToken: hub.token,
    fetch: hub.fetch,
  });
}

/** What `fetch` throws when a connection can't be made or breaks, said in a sentence. */
function explainingFetch({ url, fetch }: HubAccess): typeof fetch {
  return async (input, init) => {
    try {
      return await fetch(input, init);
    } catch (cause) {
      throw new HubError(`${url} can't be reached: run the same command again, what has arrived stays.`, {
        cause,
      });
    }
  };
}

function explain(error: unknown, { repo, hub }: PushOptions): unknown {
  if (error instanceof HubApiError) {
    const advice = [401, 403].includes(error.statusCode)
      ? 'HF_TOKEN needs the right to write there'
      : 'run the same command again: what has arrived stays';
    return new HubError(
      `${hub.url} answered ${error.statusCode} about the dataset ${repo} (${withoutToken(error.message, hub)}): ${advice}.`,
    );
  }
  return error;
}

/** A service could repeat what it was sent. */
function withoutToken(message: string, { token }: HubAccess): string {
  return message.replaceAll(token, 'hf_…');
}
