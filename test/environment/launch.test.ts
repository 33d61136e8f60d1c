import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { findPython, launch } from '@retort/environment';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startNode } from '../fixtures/node-child.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { commandOf, isAlive } from './running-processes.ts';

const OWNER = new URL('./children/launch-and-wait.ts', import.meta.url);
const LAUNCHER = fileURLToPath(new URL('../../packages/environment/launch.py', import.meta.url));
const python = (await findPython(process.env.RETORT_PYTHON)).executable;

async function endOf(child: ChildProcess): Promise<number | null> {
  const [code] = await once(child, 'close');
  return code;
}

/** The launcher without our wait of 10 s for a lock. */
function launchAtOnce(lockFile: string, parent: number = process.pid): ChildProcess {
  const options = ['--parent', String(parent), '--lock', lockFile, '--wait', '0'];
  const child = spawn(python, [LAUNCHER, ...options, '--', 'echo', 'ran']);
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return child;
}

/** A `sleep` that holds a lock, and the process that owns it. */
async function startedOwner() {
  const lockFile = join(temporaryFolder(), 'server.lock');
  const owner = startNode(OWNER, [python, lockFile]);
  const pid = Number(await owner.line());
  await expect.poll(() => commandOf(pid)).toBe('sleep 1000');
  return { owner, pid, lockFile };
}

describe('launch', () => {
  it('becomes the program, with its arguments, folder and variables as given', async () => {
    const cwd = temporaryFolder();
    const args = [
      '-c',
      'import os, sys; print(os.getcwd(), sys.argv[1:], os.environ["GREETING"])',
      '--',
      '-x',
      '',
    ];
    const env = { ...process.env, GREETING: 'hello' };
    const child = launch({ python, program: python, args, stdio: ['pipe', 'pipe', 'inherit'], cwd, env });
    if (child.stdout === null) throw new Error('unreachable: stdout is a pipe');
    const printed = text(child.stdout);
    expect(await endOf(child)).toBe(0);
    expect(await printed).toBe(`${cwd} ['--', '-x', ''] hello\n`);
  });

  it('lets the program die with its starter, even one that is killed', async () => {
    const { owner, pid } = await startedOwner();
    owner.process.kill('SIGKILL');
    await owner.ended;
    await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
  });

  it('leaves the program alone when its starter gets Ctrl-C, which comes to the whole group', async () => {
    const { pid } = await startedOwner();
    expect(() => process.kill(-pid, 0)).not.toThrow(); // leads a group of its own
  });

  it('holds the lock for as long as the program lives', async () => {
    const { pid, lockFile } = await startedOwner();
    const refused = launchAtOnce(lockFile);
    if (refused.stderr === null) throw new Error('unreachable: stderr is a pipe');
    const said = text(refused.stderr);
    expect(await endOf(refused)).toBe(75);
    expect(await said).toContain(`${lockFile} is held by another process`);
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => isAlive(pid)).toBe(false);
    expect(await endOf(launchAtOnce(lockFile))).toBe(0);
  });

  it('does not start a program for a process that is gone already', async () => {
    const orphan = launchAtOnce(join(temporaryFolder(), 'lock'), 1);
    if (orphan.stdout === null) throw new Error('unreachable: stdout is a pipe');
    const printed = text(orphan.stdout);
    expect(await endOf(orphan)).toBe(1);
    expect(await printed).toBe('');
  });
});

describe('watch_stdin (where the kernel cannot tell of the end of a parent)', () => {
  function startWatcher(program: readonly string[]): ChildProcess {
    const code = 'import json, sys, launch; sys.exit(launch.watch_stdin(json.loads(sys.argv[1])))';
    const env = { ...process.env, PYTHONPATH: join(LAUNCHER, '..'), PYTHONDONTWRITEBYTECODE: '1' };
    const child = spawn(python, ['-c', code, JSON.stringify(program)], { env });
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
    return child;
  }

  it('kills the program when standard input ends', async () => {
    const child = startWatcher(['sleep', '1000']);
    child.stdin?.end();
    expect(await endOf(child)).not.toBe(0);
  });

  it('hands standard input on, and the exit code back', async () => {
    const child = startWatcher(['sh', '-c', 'read line; exit "$line"']);
    child.stdin?.write('7\n');
    expect(await endOf(child)).toBe(7);
  });
});
