import { spawnSync } from 'node:child_process';

/** Nobody's id, by custom on every Linux. */
const NOBODY = 65_534;

/** Root reads and writes whatever it likes, so permissions are tested in a child with another id. */
const identity = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};

/** Runs an ES module as a user without privileges and returns what it prints as JSON. */
export function runUnprivileged(code: string): unknown {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', code], {
    ...identity,
    cwd: '/',
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`The child without privileges ended with ${status}: ${stderr}`);
  return JSON.parse(stdout);
}

/** Whether such a child can be had: the id may be dropped, and the other user may read this checkout. */
export function canRunUnprivileged(module: string): boolean {
  try {
    return runUnprivileged(`await import(${JSON.stringify(module)}); console.log('true')`) === true;
  } catch {
    return false;
  }
}
