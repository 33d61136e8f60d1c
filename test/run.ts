import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ensureEnvironment, findPython, readRequirements } from '@retort/environment';
import { ensureScorerEnvironment } from '@retort/pipeline';
import { z } from 'zod';

/** Runs every test, TypeScript and Python, and ends with one line that adds them up. Arguments go to vitest. */

const ROOT = resolve(import.meta.dirname, '..');
const CACHE = process.env.RETORT_CACHE ?? join(ROOT, '.cache');

interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const vitestSchema = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numFailedTestSuites: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number(),
});

function run(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<number> {
  return new Promise((done, fail) => {
    const child = spawn(program, args, { cwd: ROOT, stdio: 'inherit', env });
    child.on('error', fail);
    child.on('close', (code) => done(code ?? 1));
  });
}

async function runVitest(work: string): Promise<Tally> {
  const output = join(work, 'vitest.json');
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${output}`];
  const code = await run(join(ROOT, 'node_modules', '.bin', 'vitest'), [...args, ...process.argv.slice(2)]);
  const text = await readFile(output, 'utf8').catch(() => null);
  if (text === null) return { passed: 0, failed: 1, skipped: 0 };
  const result = vitestSchema.parse(JSON.parse(text));
  // A file that can't even be loaded has no tests of its own to fail.
  const failed = Math.max(result.numFailedTests, code === 0 ? 0 : 1);
  return { passed: result.numPassedTests, failed, skipped: result.numPendingTests + result.numTodoTests };
}

async function runPytest(work: string): Promise<Tally> {
  const onInstall = (folder: string): void => console.error(`installing ${folder}`);
  const scorer = await ensureScorerEnvironment({ cacheDir: CACHE, env: process.env, onInstall });
  const requirements = await readRequirements(
    new URL('../packages/scorer/requirements-test.txt', import.meta.url),
  );
  const options = { cacheDir: CACHE, python: scorer.python, onInstall };
  const pytest = await ensureEnvironment({ name: 'pytest', requirements }, options);
  const library = join(pytest, 'lib');
  const [version] = (await readdir(library)).filter((name) => name.startsWith('python'));
  if (version === undefined) throw new Error(`no Python library in ${library}`);
  const path = [join(ROOT, 'packages', 'scorer'), join(library, version, 'site-packages')].join(':');
  const output = join(work, 'pytest.xml');
  const env = { ...process.env, PYTHONPATH: path, PYTHONDONTWRITEBYTECODE: '' };
  const cache = ['-p', 'no:cacheprovider'];
  const code = await run(
    scorer.executable,
    ['-m', 'pytest', 'test/scorer', '-q', ...cache, `--junitxml=${output}`],
    env,
  );
  const suite = /<testsuite [^>]*>/.exec(await readFile(output, 'utf8').catch(() => ''))?.[0];
  if (suite === undefined) return { passed: 0, failed: 1, skipped: 0 };
  const count = (name: string): number => Number(new RegExp(`${name}="(\\d+)"`).exec(suite)?.[1] ?? 0);
  const bad = count('errors') + count('failures');
  const failed = Math.max(bad, code === 0 ? 0 : 1);
  return { passed: count('tests') - bad - count('skipped'), failed, skipped: count('skipped') };
}

/** Made once before the tests, which would otherwise wait for it inside their own time limits. */
await findPython(process.env.RETORT_PYTHON);
await mkdir(CACHE, { recursive: true });
const work = await mkdtemp(join(tmpdir(), 'retort-test-'));
const wantsPython = process.argv.length === 2;
if (wantsPython) {
  await ensureScorerEnvironment({
    cacheDir: CACHE,
    env: process.env,
    onInstall: () => console.error('installing PyTorch (about 1 GB, once)'),
  });
}
const tallies = [await runVitest(work), ...(wantsPython ? [await runPytest(work)] : [])];
await rm(work, { recursive: true, force: true });
const sum = (key: keyof Tally): number => tallies.reduce((total, tally) => total + tally[key], 0);
const skipped = sum('skipped') === 0 ? '' : `, ${sum('skipped')} skipped`;
console.log(`${sum('passed')} passed, ${sum('failed')} failed${skipped}`);
process.exitCode = sum('failed') === 0 ? 0 : 1;
