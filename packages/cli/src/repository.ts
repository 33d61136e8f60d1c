import { execFile } from 'node:child_process';
import { isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** Root of the repository that this program runs from. */
export const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));

type Env = Readonly<Record<string, string | undefined>>;

/** A path as a user typed it, taken from the folder they typed it in (pnpm changes into the repository, INIT_CWD stays). */
export function userPath(path: string, env: Env): string {
  return isAbsolute(path) ? path : resolve(env.INIT_CWD ?? process.cwd(), path);
}

/** The home: `--home`, else RETORT_HOME, else `.retort` in the repository. */
export function resolveHome(home: string | undefined, env: Env): string {
  const named = home ?? env.RETORT_HOME;
  return named === undefined || named === '' ? resolve(REPOSITORY, '.retort') : userPath(named, env);
}

/** Where environments are kept that all homes share: RETORT_CACHE, else `.cache` in the repository. */
export function resolveCache(env: Env): string {
  const named = env.RETORT_CACHE;
  return named === undefined || named === '' ? resolve(REPOSITORY, '.cache') : userPath(named, env);
}

/** Folder of the prompt files. */
export function promptsFolder(): string {
  return resolve(REPOSITORY, 'prompts');
}

/** Commit of the code, with `+` when files were changed since; null outside a checkout. */
export async function codeCommit(): Promise<string | null> {
  const git = (...args: string[]) =>
    promisify(execFile)('git', ['-C', REPOSITORY, ...args], { timeout: 10_000 });
  try {
    const head = (await git('rev-parse', 'HEAD')).stdout.trim();
    const changed = (await git('status', '--porcelain', '--untracked-files=no')).stdout.trim();
    return changed === '' ? head : `${head}+`;
  } catch {
    return null; // no git, or no checkout: provenance says so
  }
}
