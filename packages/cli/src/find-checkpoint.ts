import { statSync } from 'node:fs';
import { join } from 'node:path';
import { FIT_FILES } from '@retort/scorer';
import { existing } from './flag-values.ts';
import { userPath } from './repository.ts';

/** The checkpoint that `--checkpoint` names: a file, or the one in the folder of a pack or a fit. @throws UsageError */
export function findCheckpoint(flag: string, env: Readonly<Record<string, string | undefined>>): string {
  const path = existing('--checkpoint', userPath(flag, env));
  return statSync(path).isDirectory() ? existing('--checkpoint', join(path, FIT_FILES.checkpoint)) : path;
}
