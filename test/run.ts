import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { findPython, readRequirements } from '@retort/environment';
import { ensureScorerEnvironment, ensureScorerLibrary } from '@retort/pipeline';
import { z } from 'zod';
import { ensureLibrary, ensureOfficialXlstm, ensurePytest, runPytest } from './pytest-run.ts';
import { runProgram } from './run-program.ts';
import { sumTallies, type Tally, tallyLine } from './tally.ts';

/** Runs every test, TypeScript and Python, and ends with one line that adds them up. Arguments go to vitest. */

const ROOT = resolve(import.meta.dirname, '..');
const CACHE = process.env.RETORT_CACHE ?? join(ROOT, '.cache');

const vitestSchema = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numFailedTestSuites: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number(),
});

async function runVitest(work: string): Promise<Tally> {
  const output = join(work, 'vitest.json');
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${output}`];
  const program = join(ROOT, 'node_modules', '.bin', 'vitest');
  const code = await runProgram(program, [...args, ...process.argv.slice(2)], { cwd: ROOT });
  const text = await readFile(output, 'utf8').catch(() => null);
  if (text === null) return { passed: 0, failed: 1, skipped: 0 };
  const result = vitestSchema.parse(JSON.parse(text));
  // A file that can't even be loaded has no tests of its own to fail.
  const failed = Math.max(result.numFailedTests, code === 0 ? 0 : 1);
  return { passed: result.numPassedTests, failed, skipped: result.numPendingTests + result.numTodoTests };
}

async function runPython(work: string): Promise<readonly Tally[]> {
  const onInstall = (folder: string): void => console.error(`installing ${folder}`);
  const scorer = await ensureScorerEnvironment({ cacheDir: CACHE, env: process.env, onInstall });
  const options = { cacheDir: CACHE, python: scorer.python, onInstall };
  const pytest = await ensurePytest(options);
  const baselines = await ensureScorerLibrary('baselines', options);
  const consumers = await ensureLibrary(
    {
      name: 'consumers',
      requirements: await readRequirements(new URL('consumers/requirements.txt', import.meta.url)),
      withoutDependencies: await readRequirements(
        new URL('consumers/requirements-alone.txt', import.meta.url),
      ),
    },
    options,
  );
  const { executable } = scorer;
  const official = await ensureOfficialXlstm(options);
  const onnx = await ensureScorerLibrary('onnx', options);
  // Side by side: each of them waits for one core most of the time.
  return Promise.all([
    runPytest({
      executable,
      libraries: [join(ROOT, 'packages', 'scorer'), pytest, baselines, official, onnx],
      tests: ['test/scorer'],
      resultFile: join(work, 'scorer.xml'),
    }),
    runPytest({
      executable,
      libraries: [consumers, pytest],
      tests: ['test/consumers'],
      resultFile: join(work, 'consumers.xml'),
    }),
  ]);
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
const tallies = [await runVitest(work), ...(wantsPython ? await runPython(work) : [])];
await rm(work, { recursive: true, force: true });
console.log(tallyLine(tallies));
process.exitCode = sumTallies(tallies).failed === 0 ? 0 : 1;
