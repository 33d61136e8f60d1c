import { readdirSync, readFileSync } from 'node:fs';

/** Ticks a second in /proc/<pid>/stat: USER_HZ, 100 on every Linux that Node runs on (man 5 proc). */
const TICKS_PER_SECOND = 100;

/** What a process is there for. */
export type ProcessRole = 'coordinator' | 'worker' | 'queue-server' | 'other';

export interface ProcessSample {
  readonly pid: number;
  readonly role: ProcessRole;
  /** User and system time since its start, all threads. */
  readonly cpuSeconds: number;
  readonly rssBytes: number;
}

interface Entry {
  readonly pid: number;
  readonly parent: number;
  readonly cpuSeconds: number;
}

/** `root`, which is a `distill`, and every process below it, children's children too. Linux. */
export function readProcessTree(root: number): ProcessSample[] {
  const entries = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readEntry(Number(name)));
  const below = (parent: number): Entry[] =>
    entries.filter((entry) => entry.parent === parent).flatMap((entry) => [entry, ...below(entry.pid)]);
  return [...entries.filter(({ pid }) => pid === root), ...below(root)].map(({ pid, cpuSeconds }) => ({
    pid,
    role: pid === root ? 'coordinator' : roleOf(pid),
    cpuSeconds,
    rssBytes: memoryOf(pid, 'VmRSS'),
  }));
}

function readEntry(pid: number): Entry[] {
  const stat = readProc(pid, 'stat');
  // The name in brackets may hold spaces and brackets itself; field 3 of man 5 proc comes after the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const field = (number: number): number => Number(fields[number - 3]);
  if (stat === '' || fields[0] === 'Z' || fields[0] === 'X') return [];
  return [{ pid, parent: field(4), cpuSeconds: (field(14) + field(15)) / TICKS_PER_SECOND }];
}

function roleOf(pid: number): ProcessRole {
  // Program and script only, without the program's flags: a launcher names in its arguments what it will become.
  const words = readProc(pid, 'cmdline').split('\0');
  const program = words
    .filter((word) => !word.startsWith('-'))
    .slice(0, 2)
    .join(' ');
  if (/valkey-server|redis-server/.test(program)) return 'queue-server';
  return /\bworkers\/\S+\.ts/.test(program) ? 'worker' : 'other';
}

/** Memory now (VmRSS) or the most there ever was (VmHWM), in bytes; 0 when the process is gone. */
export function memoryOf(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  const kib = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(readProc(pid, 'status'))?.[1];
  return Number(kib ?? 0) * 1024;
}

function readProc(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'latin1');
  } catch {
    return ''; // it ended while we looked
  }
}
