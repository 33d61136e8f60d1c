import { existsSync } from 'node:fs';
import { copyFile, mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { HomePaths } from './home.ts';

/** Where a home keeps the tuned stages of this encoder revision. */
export function tunedStagesFile(home: HomePaths, revision: string): string {
  return join(home.tunedStages, `${revision}.safetensors`);
}

/** Keeps a run's tuned stages in its home, so that it goes on where `path` is gone. */
export async function keepTunedStages(home: HomePaths, revision: string, path: string): Promise<void> {
  const kept = tunedStagesFile(home, revision);
  if (existsSync(kept)) return;
  await mkdir(home.tunedStages, { recursive: true });
  const partial = `${kept}.${process.pid}.partial`;
  await copyFile(path, partial);
  await rename(partial, kept);
}
