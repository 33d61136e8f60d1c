import { readdirSync, readFileSync } from 'node:fs';

export interface LiveProcess {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** Every process that is alive; one that has ended and wasn't waited for yet (a zombie) isn't. Linux. */
export function liveProcesses(): LiveProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
        return state === 'Z' || state === 'X' ? [] : [{ pid: Number(name), parent: Number(parent), command }];
      } catch {
        return []; // it ended while we looked
      }
    });
}

/** The live processes below `pid`, children's children too. */
export function descendants(pid: number): LiveProcess[] {
  const all = liveProcesses();
  const below = (parent: number): LiveProcess[] =>
    all.filter((process) => process.parent === parent).flatMap((process) => [process, ...below(process.pid)]);
  return below(pid);
}

export type Role = 'parent' | 'worker' | 'queue-server' | 'python';

/** What a descendant of `distill` is there for. */
export function roleOf({ command }: LiveProcess): Role | null {
  if (command.includes('valkey-server') || command.includes('redis-server')) return 'queue-server';
  if (command.includes('retort_scorer')) return 'python';
  return command.includes('workers/run.ts') ? 'worker' : null;
}

export function isAlive(pid: number): boolean {
  return liveProcesses().some((process) => process.pid === pid);
}

/** Asks until `condition` holds. Real processes end when they end; the limit only keeps a broken test from hanging. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  limitMs = 30_000,
): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`waited ${limitMs} ms in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
