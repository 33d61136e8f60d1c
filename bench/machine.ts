import { execFileSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import { resolve } from 'node:path';

export const REPOSITORY = resolve(import.meta.dirname, '..');

/** Where and on what a measurement was taken. A speed without these says nothing. */
export interface Provenance {
  readonly command: string;
  readonly machine: string;
  /** With `+` when files were changed since; null outside a checkout. */
  readonly commit: string | null;
  /** UTC ISO 8601. */
  readonly startedAt: string;
}

export function readProvenance(argv: readonly string[], now: Date): Provenance {
  return {
    command: ['pnpm bench', ...argv].join(' '),
    machine: describeMachine(),
    commit: commit(),
    startedAt: now.toISOString(),
  };
}

function describeMachine(): string {
  const all = cpus();
  const memoryGib = (totalmem() / 2 ** 30).toFixed(1);
  return `${all.length} cores (${all[0]?.model ?? 'unknown'}), ${memoryGib} GiB, Node ${process.versions.node}, ${process.platform} ${process.arch}`;
}

function commit(): string | null {
  const git = (...args: string[]): string =>
    execFileSync('git', ['-C', REPOSITORY, ...args], { encoding: 'utf8', stdio: 'pipe' }).trim();
  try {
    const head = git('rev-parse', '--short=12', 'HEAD');
    return git('status', '--porcelain', '--untracked-files=no') === '' ? head : `${head}+`;
  } catch {
    return null; // no git, or no checkout
  }
}
