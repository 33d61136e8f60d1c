import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findPython, MINIMUM_PYTHON, PythonMissingError } from '@retort/environment';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

/** A stand-in for a Python of another version: prints what the probe would. */
function pythonOfVersion(folder: string, name: string, version: string): string {
  const file = join(folder, name);
  const lines = [`/usr/bin/${name}`, ...version.split('.'), 'x86_64'].map((line) => `echo ${line}`);
  writeFileSync(file, `#!/bin/sh\n${lines.join('\n')}\n`, { mode: 0o755 });
  return file;
}

describe('findPython', () => {
  it('finds the one on PATH, with version and machine', async () => {
    const python = await findPython();
    expect(python.executable).toMatch(/^\//);
    expect(python.version).toMatch(/^3\.\d+\.\d+$/);
    expect(Number(python.version.split('.')[1])).toBeGreaterThanOrEqual(MINIMUM_PYTHON[1]);
    expect(python.machine).not.toBe('');
  });

  it('takes an empty RETORT_PYTHON for none', async () => {
    expect(await findPython('')).toEqual(await findPython());
  });

  it('takes the one that RETORT_PYTHON names and no other', async () => {
    const named = pythonOfVersion(temporaryFolder(), 'python3', '3.12.1');
    expect(await findPython(named)).toEqual({
      executable: '/usr/bin/python3',
      version: '3.12.1',
      machine: 'x86_64',
    });
  });

  it('goes on to a newer one where the first on PATH is too old', async () => {
    const folder = temporaryFolder();
    pythonOfVersion(folder, 'python3', '3.9.2');
    pythonOfVersion(folder, 'python3.12', '3.12.0');
    vi.stubEnv('PATH', folder);
    expect((await findPython()).version).toBe('3.12.0');
  });

  it('says what is there when all are too old, and how to get one', async () => {
    const old = pythonOfVersion(temporaryFolder(), 'python3', '3.10.13');
    await expect(findPython(old)).rejects.toThrow(PythonMissingError);
    await expect(findPython(old)).rejects.toThrow(
      `Python 3.11 or newer is needed (found only ${old} 3.10.13): install it (Debian: apt-get install python3) or point RETORT_PYTHON at one.`,
    );
  });

  it('says so when there is none on PATH', async () => {
    vi.stubEnv('PATH', temporaryFolder());
    await expect(findPython()).rejects.toMatchObject({
      code: 'python-missing',
      message: expect.stringContaining('(found none on PATH): install it'),
    });
  });

  it('says so when RETORT_PYTHON names nothing, or no Python', async () => {
    await expect(findPython('/no/such/python')).rejects.toThrow(
      'RETORT_PYTHON names /no/such/python, which is none',
    );
    await expect(findPython('/bin/true')).rejects.toThrow('RETORT_PYTHON names /bin/true');
  });
});
