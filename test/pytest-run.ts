import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  type EnvironmentOptions,
  type EnvironmentSpec,
  ensureEnvironment,
  libraryOf,
  readRequirements,
} from '@retort/environment';
import { runProgram } from './run-program.ts';
import type { Tally } from './tally.ts';

const ROOT = resolve(import.meta.dirname, '..');

export interface PytestRun {
  /** A Python that has, or is given by `libraries`, what the tests import. */
  readonly executable: string;
  /** Put on its path, first ones first. */
  readonly libraries: readonly string[];
  /** Folders or files from the repository's root. */
  readonly tests: readonly string[];
  /** Where the results are written; must not be there yet. */
  readonly resultFile: string;
}

/** Runs Python tests, prints what they said at their end, and counts them; a run that dies before it has results is one failure. */
export async function runPytest({ executable, libraries, tests, resultFile }: PytestRun): Promise<Tally> {
  const env = {
    ...process.env,
    PYTHONPATH: libraries.join(':'),
    PYTHONDONTWRITEBYTECODE: '',
    RETORT_NODE: process.execPath,
  };
  const plain = ['-q', '-p', 'no:cacheprovider'];
  const args = ['-m', 'pytest', ...tests, ...plain, `--junitxml=${resultFile}`];
  const code = await runProgram(executable, args, { cwd: ROOT, env, held: true });
  const suite = /<testsuite [^>]*>/.exec(await readFile(resultFile, 'utf8').catch(() => ''))?.[0];
  if (suite === undefined) return { passed: 0, failed: 1, skipped: 0 };
  const count = (name: string): number => Number(new RegExp(`${name}="(\\d+)"`).exec(suite)?.[1] ?? 0);
  const bad = count('errors') + count('failures');
  const failed = Math.max(bad, code === 0 ? 0 : 1);
  return { passed: count('tests') - bad - count('skipped'), failed, skipped: count('skipped') };
}

/** The site-packages of an environment that is made now when it isn't there. */
export async function ensureLibrary(spec: EnvironmentSpec, options: EnvironmentOptions): Promise<string> {
  return libraryOf(await ensureEnvironment(spec, options));
}

/** The authors' xLSTM, which ours is held against: pure Python, to stand on the path of the scorer's environment. */
export async function ensureOfficialXlstm(options: EnvironmentOptions): Promise<string> {
  const withoutDependencies = await readRequirements(
    new URL('../packages/scorer/requirements-official-xlstm.txt', import.meta.url),
  );
  return ensureLibrary({ name: 'official-xlstm', withoutDependencies }, options);
}

/** pytest itself, for any environment: pure Python, so it can stand on the path of another. */
export async function ensurePytest(options: EnvironmentOptions): Promise<string> {
  const requirements = await readRequirements(
    new URL('../packages/scorer/requirements-test.txt', import.meta.url),
  );
  return ensureLibrary({ name: 'pytest', requirements }, options);
}
