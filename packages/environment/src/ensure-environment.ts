import { access, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { canonicalJson, RetortError, sha256, shortHex } from '@retort/schema';
import type { Python } from './find-python.ts';
import { launch } from './launch.ts';

const MAKER = fileURLToPath(new URL('../make_environment.py', import.meta.url));
const STAMP = 'retort-environment.json';

export interface EnvironmentSpec {
  /** First part of the folder's name: `scorer`, `queue-server`. */
  readonly name: string;
  /** Text of a requirements file, installed with dependencies. */
  readonly requirements?: string;
  /** Text of a requirements file whose entries are installed alone. */
  readonly withoutDependencies?: string;
  /** A further package index, used only when it answers. */
  readonly extraIndex?: string;
}

export interface EnvironmentOptions {
  readonly cacheDir: string;
  readonly python: Python;
  /** Called once, when something has to be installed. */
  readonly onInstall?: (folder: string) => void;
}

export class PythonSetupError extends RetortError {
  readonly code = 'python-setup-failed';
  constructor(name: string, detail: string) {
    super(
      `The Python packages of "${name}" could not be installed: ${detail} Check that PyPI can be reached (or set PIP_INDEX_URL) and run the same command again.`,
    );
  }
}

/** Where an environment of this content lives: a change of requirements, Python or machine is another folder. */
export function environmentFolder(spec: EnvironmentSpec, options: EnvironmentOptions): string {
  const content = canonicalJson({ ...spec, python: options.python.version, machine: options.python.machine });
  return join(options.cacheDir, 'python', `${spec.name}-${shortHex(sha256(content))}`);
}

/**
 * The folder of a ready environment, made now when it isn't there (writes about 1 GB for the scorer). Its Python is
 * `bin/python`.
 *
 * @throws PythonSetupError when pip fails; its last lines are in the message
 */
export async function ensureEnvironment(spec: EnvironmentSpec, options: EnvironmentOptions): Promise<string> {
  const folder = environmentFolder(spec, options);
  if (await exists(join(folder, STAMP))) return folder;
  options.onInstall?.(folder);
  await mkdir(join(options.cacheDir, 'python'), { recursive: true });
  const args = [MAKER, '--target', folder];
  if (spec.requirements !== undefined) {
    args.push('--requirements', await writeList(`${folder}.requirements.txt`, spec.requirements));
  }
  if (spec.withoutDependencies !== undefined) {
    const path = `${folder}.without-dependencies.txt`;
    args.push('--without-dependencies', await writeList(path, spec.withoutDependencies));
  }
  if (spec.extraIndex !== undefined) args.push('--extra-index', spec.extraIndex);
  const { code, tail } = await run(options.python.executable, args);
  if (code !== 0) throw new PythonSetupError(spec.name, tail);
  return folder;
}

/** The site-packages of an environment, to stand on the path of another. */
export async function libraryOf(folder: string): Promise<string> {
  const library = join(folder, 'lib');
  const version = (await readdir(library)).find((name) => name.startsWith('python'));
  if (version === undefined) throw new PythonSetupError(folder, `there is no Python library in ${library}.`);
  return join(library, version, 'site-packages');
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function writeList(path: string, text: string): Promise<string> {
  await writeFile(path, text);
  return path;
}

function run(program: string, args: readonly string[]): Promise<{ code: number; tail: string }> {
  return new Promise((resolve, reject) => {
    // Killed with us, as everything it starts: what is half-made is made again.
    const child = launch({ python: program, program, args, stdio: ['pipe', 'ignore', 'pipe'] });
    let tail = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      tail = (tail + chunk.toString('utf8')).slice(-600);
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, tail: tail.trim().replaceAll(/\s+/g, ' ') }));
  });
}

/** Reads a requirements file that stands beside a package. */
export function readRequirements(url: URL): Promise<string> {
  return readFile(url, 'utf8');
}
