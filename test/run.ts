import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { findPython, readRequirements } from '@retort/environment';
import { ensureScorerEnvironment, ensureScorerLibrary } from '@retort/pipeline';
import { z } from 'zod';
import { ensureLibrary, ensureOfficialXlstm, ensurePytest, type PytestRun, runPytest } from './pytest-run.ts';
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

/** What the Python tests import, made before any test runs: a test would wait for it inside its own time limit. */
async function preparePython(work: string): Promise<readonly PytestRun[]> {
  const onInstall = (folder: string): void => console.error(`installing ${folder}`);
  const onScorer = (): void => console.error('installing PyTorch (about 1 GB, once)');
  const scorer = await ensureScorerEnvironment({ cacheDir: CACHE, env: process.env, onInstall: onScorer });
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
  return [
    {
      executable,
      libraries: [join(ROOT, 'packages', 'scorer'), pytest, baselines, official, onnx],
      tests: ['test/scorer'],
      resultFile: join(work, 'scorer.xml'),
    },
    {
      executable,
      libraries: [consumers, pytest],
      tests: ['test/consumers'],
      resultFile: join(work, 'consumers.xml'),
    },
  ];
}

await findPython(process.env.RETORT_PYTHON);
await mkdir(CACHE, { recursive: true });
const work = await mkdtemp(join(tmpdir(), 'retort-test-'));
const python = process.argv.length === 2 ? await preparePython(work) : [];
// Side by side: vitest waits for servers and children most of the time, Python's suites for one core each.
const tallies = await Promise.all([runVitest(work), ...python.map(runPytest)]);
await rm(work, { recursive: true, force: true });
console.log(tallyLine(tallies));
process.exitCode = sumTallies(tallies).failed === 0 ? 0 : 1;
