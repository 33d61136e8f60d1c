import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import {
  type EnvironmentSpec,
  ensureEnvironment,
  environmentFolder,
  findPython,
  PythonSetupError,
} from '@retort/environment';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startNode } from '../fixtures/node-child.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { runningWith } from './running-processes.ts';
import { tinyRequirements } from './tiny-wheel.ts';

const INSTALLER = new URL('./children/install-and-wait.ts', import.meta.url);
const python = await findPython(process.env.RETORT_PYTHON);

function greeting(folder: string): string {
  const program = join(folder, 'bin', 'python');
  return execFileSync(program, ['-c', 'import retort_tiny; print(retort_tiny.GREETING)'], {
    encoding: 'utf8',
  }).trim();
}

/** A package index that takes connections and never answers. */
async function silentIndex(): Promise<string> {
  const server = createServer();
  onTestFinished(() => {
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('unreachable: it listens on a port');
  return `http://127.0.0.1:${address.port}/simple`;
}

describe('ensureEnvironment', () => {
  it('makes an environment once, removing what an interrupted start has left', async () => {
    const cacheDir = temporaryFolder();
    const spec: EnvironmentSpec = { name: 'tiny', withoutDependencies: tinyRequirements(python.executable) };
    const folder = environmentFolder(spec, { cacheDir, python });
    mkdirSync(join(folder, 'bin'), { recursive: true });
    writeFileSync(join(folder, 'bin', 'python'), 'half of a file');
    writeFileSync(join(folder, 'leftover'), '');
    const installed: string[] = [];
    const options = { cacheDir, python, onInstall: (path: string) => installed.push(path) };
    expect(await ensureEnvironment(spec, options)).toBe(folder);
    expect(greeting(folder)).toBe('hello');
    expect(existsSync(join(folder, 'leftover'))).toBe(false);
    writeFileSync(join(folder, 'mark'), '');
    expect(await ensureEnvironment(spec, options)).toBe(folder);
    expect(installed).toEqual([folder]);
    expect(existsSync(join(folder, 'mark'))).toBe(true);
  });

  it('names what pip could not install', async () => {
    const requirements = `--no-index\nretort-nothing==9.9\n`;
    const failing = ensureEnvironment(
      { name: 'broken', requirements },
      { cacheDir: temporaryFolder(), python },
    );
    await expect(failing).rejects.toThrow(PythonSetupError);
    await expect(failing).rejects.toThrow(
      /packages of "broken" could not be installed: .*retort-nothing==9\.9.*PyPI/,
    );
  });

  it('leaves no process behind when its own is killed in the middle', async () => {
    const requirements = `--index-url ${await silentIndex()}\nretort-tiny==1.0\n`;
    const installer = startNode(INSTALLER, [temporaryFolder(), requirements]);
    const folder = await installer.line();
    // pip waits for the index, and would for minutes.
    const pip = `${folder}/bin/python -m pip install`;
    await expect.poll(() => runningWith(pip).length, { timeout: 40_000 }).toBeGreaterThan(0);
    installer.process.kill('SIGKILL');
    await installer.ended;
    await expect.poll(() => runningWith(folder), { timeout: 10_000 }).toEqual([]);
  });
});

describe('environmentFolder', () => {
  it('differs by requirements, Python and machine, so that none is used for another', () => {
    const folders = [
      environmentFolder({ name: 'a', requirements: 'x==1' }, { cacheDir: '/c', python }),
      environmentFolder({ name: 'a', requirements: 'x==2' }, { cacheDir: '/c', python }),
      environmentFolder({ name: 'a', withoutDependencies: 'x==1' }, { cacheDir: '/c', python }),
      environmentFolder(
        { name: 'a', requirements: 'x==1' },
        { cacheDir: '/c', python: { ...python, version: '3.99.0' } },
      ),
      environmentFolder(
        { name: 'a', requirements: 'x==1' },
        { cacheDir: '/c', python: { ...python, machine: 'm68k' } },
      ),
    ];
    expect(new Set(folders).size).toBe(folders.length);
    for (const folder of folders) expect(folder).toMatch(/^\/c\/python\/a-[0-9a-f]{12}$/);
  });
});
