import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ensureEnvironment, findPython, readRequirements } from '@retort/environment';
import { TORCH_CPU_INDEX } from '@retort/pipeline';
import { ensurePytest, runPytest } from './pytest-run.ts';
import { sumTallies, type Tally, tallyLine } from './tally.ts';

/**
 * `pnpm test:consumers`: the trainers' own loaders on our exports, each in an environment of its own (3 GB together). Not part
 * of `pnpm test`. Arguments name the trainers to run; all without.
 */

const ROOT = resolve(import.meta.dirname, '..');
const CACHE = process.env.RETORT_CACHE ?? join(ROOT, '.cache');
const TRAINERS = ['ms_swift', 'llamafactory'] as const;

async function runTrainer(trainer: (typeof TRAINERS)[number], work: string): Promise<Tally> {
  const python = await findPython(process.env.RETORT_PYTHON);
  const onInstall = (folder: string): void => console.error(`installing ${folder}`);
  const options = { cacheDir: CACHE, python, onInstall };
  const read = (name: string): Promise<string> =>
    readRequirements(new URL(`trainers/${trainer}/${name}`, import.meta.url));
  const alone =
    trainer === 'llamafactory' ? { withoutDependencies: await read('requirements-alone.txt') } : {};
  const spec = {
    name: trainer.replace('_', '-'),
    requirements: await read('requirements.txt'),
    extraIndex: TORCH_CPU_INDEX,
    ...alone,
  };
  const environment = await ensureEnvironment(spec, options);
  return runPytest({
    executable: join(environment, 'bin', 'python'),
    libraries: [await ensurePytest(options)],
    tests: [`test/trainers/${trainer}`],
    resultFile: join(work, `${trainer}.xml`),
  });
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !TRAINERS.some((trainer) => trainer === name));
if (unknown.length > 0) throw new Error(`expected ${TRAINERS.join(' or ')}, got ${unknown.join(' ')}`);
await mkdir(CACHE, { recursive: true });
const work = await mkdtemp(join(tmpdir(), 'retort-trainers-'));
const tallies: Tally[] = [];
for (const trainer of TRAINERS) {
  if (wanted.length === 0 || wanted.includes(trainer)) tallies.push(await runTrainer(trainer, work));
}
await rm(work, { recursive: true, force: true });
console.log(tallyLine(tallies));
process.exitCode = sumTallies(tallies).failed === 0 ? 0 : 1;
