import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { findPython } from '@retort/environment';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { tinyRequirements } from './tiny-wheel.ts';

const MAKER = fileURLToPath(new URL('../../packages/environment/make_environment.py', import.meta.url));
const python = (await findPython(process.env.RETORT_PYTHON)).executable;
const hasPip = spawnSync(python, ['-c', 'import pip']).status === 0;

/** The wheel of pip that this Python brings for its own environments; undefined where a distribution took it out. */
function bundledPip(): string | undefined {
  const code = 'import ensurepip, os; print(os.path.join(os.path.dirname(ensurepip.__file__), "_bundled"))';
  const { status, stdout } = spawnSync(python, ['-c', code], { encoding: 'utf8' });
  if (status !== 0) return undefined;
  const folder = stdout.trim();
  try {
    const name = readdirSync(folder).find((file) => /^pip-.*\.whl$/.test(file));
    return name === undefined ? undefined : join(folder, name);
  } catch {
    return undefined; // Debian keeps its wheels elsewhere
  }
}
const pipWheel = bundledPip();

/** Variables under which Python can't import these modules, as on a Debian without python3-venv or python3-pip. */
function withoutModules(...modules: string[]): Record<string, string> {
  const folder = temporaryFolder();
  for (const name of modules)
    writeFileSync(join(folder, `${name}.py`), 'raise ImportError("hidden by a test")\n');
  return { PYTHONPATH: folder };
}

async function make(target: string, requirements: string, env: Record<string, string> = {}) {
  const list = join(temporaryFolder(), 'requirements.txt');
  writeFileSync(list, requirements);
  const child = spawn(python, [MAKER, '--target', target, '--requirements', list], {
    env: { ...process.env, ...env },
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const stderr = text(child.stderr);
  const code = await new Promise((resolve) => child.once('close', resolve));
  return { code, stderr: await stderr };
}

function greeting(target: string): string {
  const code = 'import retort_tiny; print(retort_tiny.GREETING)';
  return execFileSync(join(target, 'bin', 'python'), ['-c', code], { encoding: 'utf8' }).trim();
}

/** A package index that has pip and nothing else, under the two addresses of PyPI's JSON interface and its files. */
async function indexOfPip(wheel: string): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const isFile = request.url === '/files/pip.whl';
    const urls = [
      {
        packagetype: 'bdist_wheel',
        filename: 'pip.whl',
        url: `http://${request.headers.host}/files/pip.whl`,
      },
    ];
    response.end(isFile ? readFileSync(wheel) : JSON.stringify({ urls }));
  });
  onTestFinished(() => {
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('unreachable: it listens on a port');
  return { url: `http://127.0.0.1:${address.port}/simple/`, asked };
}

describe('make_environment.py', () => {
  it('makes a half-made environment again, once, when two ask for it at the same time', async () => {
    const target = join(temporaryFolder(), 'environment');
    mkdirSync(target);
    writeFileSync(join(target, 'half-made'), '');
    const requirements = tinyRequirements(python);
    const ends = await Promise.all([make(target, requirements), make(target, requirements)]);
    expect(ends.map(({ code }) => code)).toEqual([0, 0]);
    expect(ends.filter(({ stderr }) => stderr.includes('removing a half-made environment'))).toHaveLength(1);
    expect(greeting(target)).toBe('hello');
    expect(readdirSync(target)).toContain('retort-environment.json');
    expect(readdirSync(target)).not.toContain('half-made');
  });

  it('leaves no stamp when pip fails', async () => {
    const target = join(temporaryFolder(), 'environment');
    // Without ensurepip an environment is made in half the time.
    const quick = hasPip ? withoutModules('ensurepip') : {};
    const { code, stderr } = await make(target, '--no-index\nretort-nothing==9.9\n', quick);
    expect(code).not.toBe(0);
    expect(stderr).toContain('retort-nothing==9.9');
    expect(readdirSync(target)).not.toContain('retort-environment.json');
  });

  it.skipIf(!hasPip)("uses the system's pip where Python has no ensurepip", async () => {
    const target = join(temporaryFolder(), 'environment');
    const { code, stderr } = await make(target, tinyRequirements(python), withoutModules('ensurepip'));
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(greeting(target)).toBe('hello');
    expect(readdirSync(join(target, 'bin'))).not.toContain('pip');
  });

  it.skipIf(pipWheel === undefined)('fetches pip from the index where Python has neither', async () => {
    const target = join(temporaryFolder(), 'environment');
    const { url, asked } = await indexOfPip(pipWheel ?? '');
    const env = { ...withoutModules('ensurepip', 'pip'), PIP_INDEX_URL: url };
    const { code, stderr } = await make(target, tinyRequirements(python), env);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(greeting(target)).toBe('hello');
    expect(asked).toEqual([expect.stringMatching(/^\/pypi\/pip\/[\d.]+\/json$/), '/files/pip.whl']);
  });
});
