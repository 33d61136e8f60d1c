import { mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FileSum } from './export-files.ts';
import { createHashedFile, type HashedFile } from './hashed-file.ts';

/** Files of an export under one folder, with their checksums. */
export function createFileSet(dir: string) {
  const open = new Map<string, HashedFile>();
  const sums = new Map<string, string>();
  const create = async (path: string): Promise<HashedFile> => {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    const file = await createHashedFile(join(dir, path));
    open.set(path, file);
    return file;
  };
  const close = async (path: string): Promise<string> => {
    const file = open.get(path);
    if (file === undefined) throw new TypeError(`${path} isn't open`);
    open.delete(path);
    const sum = await file.close();
    sums.set(path, sum);
    return sum;
  };
  return {
    create,
    close,
    pathOf: (path: string) => join(dir, path),
    bytesOf: async (path: string): Promise<number> => (await stat(join(dir, path))).size,
    async writeText(path: string, text: string): Promise<void> {
      await (await create(path)).write(text);
      await close(path);
    },
    /** Lets go of what a failure left open. */
    async closeAll(): Promise<void> {
      await Promise.allSettled([...open.keys()].map(close));
    },
    /** By path. */
    sums: (): readonly FileSum[] =>
      [...sums].map(([path, sha256]) => ({ path, sha256 })).sort((a, b) => (a.path < b.path ? -1 : 1)),
  };
}

export type FileSet = ReturnType<typeof createFileSet>;
