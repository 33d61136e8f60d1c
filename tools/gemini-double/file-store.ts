import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Google's limit of one file for a batch (gemini-protocol: 2 GB). */
export const MAX_FILE_BYTES = 2_000_000_000;

export interface StoredFile {
  /** `files/…` */
  readonly name: string;
  readonly path: string;
  readonly displayName: string | null;
  readonly mimeType: string;
  readonly createdAtMs: number;
  /** True when all of it is here. */
  complete: boolean;
}

export type AppendResult = 'stored' | 'wrong-offset' | 'too-large';

/** Uploaded and produced files, in a temporary folder that goes with the double. */
export interface FileStore {
  create(name: string, facts: Pick<StoredFile, 'displayName' | 'mimeType' | 'createdAtMs'>): StoredFile;
  /** Only complete ones. */
  get(name: string): StoredFile | undefined;
  list(): readonly StoredFile[];
  sizeOf(file: StoredFile): number;
  append(file: StoredFile, offset: number, bytes: Readable): Promise<AppendResult>;
  remove(name: string): boolean;
  close(): void;
}

export function createFileStore(): FileStore {
  let folder: string | null = null;
  const files = new Map<string, StoredFile>();
  const sizeOf = ({ path }: StoredFile): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  return {
    sizeOf,
    create(name, facts) {
      folder ??= mkdtempSync(join(tmpdir(), 'gemini-double-'));
      const file = { name, path: join(folder, name.replace(/\W/g, '-')), complete: false, ...facts };
      files.set(name, file);
      return file;
    },
    get(name) {
      const file = files.get(name);
      return file?.complete ? file : undefined;
    },
    list: () => [...files.values()].filter(({ complete }) => complete),
    async append(file, offset, bytes) {
      if (offset !== sizeOf(file)) return 'wrong-offset';
      await pipeline(bytes, createWriteStream(file.path, { flags: 'a' }));
      if (sizeOf(file) <= MAX_FILE_BYTES) return 'stored';
      rmSync(file.path);
      return 'too-large';
    },
    remove(name) {
      const file = files.get(name);
      if (file === undefined) return false;
      files.delete(name);
      rmSync(file.path, { force: true });
      return true;
    },
    close() {
      if (folder !== null) rmSync(folder, { recursive: true, force: true });
    },
  };
}
