import { HubApiError, listFiles } from '@huggingface/hub';
import type { HubAccess } from './hub-access.ts';
import { gitBlobId, type LocalFile } from './local-file.ts';

/** What a repository says of a file's content. */
export interface RemoteFile {
  readonly bytes: number;
  /** Hex SHA-256 of a large file; null of one that git keeps itself. */
  readonly sha256: string | null;
  readonly gitBlobId: string | null;
}

/** The files of a dataset repository by path; null when there is no such repository. */
export async function remoteFiles(
  repo: string,
  { url, token, fetch }: HubAccess,
): Promise<ReadonlyMap<string, RemoteFile> | null> {
  const files = new Map<string, RemoteFile>();
  try {
    const entries = listFiles({
      repo: { type: 'dataset', name: repo },
      recursive: true,
      hubUrl: url,
      accessToken: token,
      fetch,
    });
    for await (const { type, path, size, oid, lfs } of entries) {
      if (type === 'file') files.set(path, { bytes: size, sha256: lfs?.oid ?? null, gitBlobId: oid ?? null });
    }
    return files;
  } catch (error) {
    if (error instanceof HubApiError && error.statusCode === 404) return null;
    throw error;
  }
}

/** True when the repository holds the very content of a file. */
export async function isThere(local: LocalFile, remote: RemoteFile | undefined): Promise<boolean> {
  if (remote === undefined) return false;
  if (remote.sha256 !== null) return remote.sha256 === local.sha256;
  return remote.bytes === local.bytes && remote.gitBlobId === (await gitBlobId(local));
}
