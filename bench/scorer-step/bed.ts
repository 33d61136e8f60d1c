import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { ensureEnvironment, libraryOf, readRequirements } from '@retort/environment';
import { ensureScorerEnvironment } from '@retort/pipeline';
import { z } from 'zod';
import { REPOSITORY } from '../machine.ts';
import type { Sizes } from './sizes.ts';

const figuresSchema = z.object({
  /** Median of a step's. */
  seconds: z.number(),
  /** User and system time, mean of a step's. */
  cpu_seconds: z.number(),
  /** Most resident memory above what it is after a first step, freed memory given back. */
  step_bytes: z.number(),
  /** The same above the interpreter with torch and the model loaded: what libraries load at first use is in it. */
  model_bytes: z.number(),
  /** Most bytes of tensors alive at once in a step, by torch's own allocator. */
  tensor_bytes: z.number(),
  /** Mean size of the outputs: equal on all sides, or they don't compute the same. */
  checksum: z.number(),
});
export type Figures = z.infer<typeof figuresSchema>;

export type Which = 'official' | 'official-kept' | 'ours';

/** What the rows of the table share. */
export interface StepBed {
  readonly quick: boolean;
  readonly threads: number;
  readonly log: (message: string) => void;
  measure(which: Which, sizes: Sizes): Promise<Figures>;
}

export interface StepBedOptions extends Pick<StepBed, 'quick' | 'threads' | 'log'> {
  readonly cacheDir: string;
}

/** Makes the scorer's environment and the official package's, when they aren't there. */
export async function openStepBed({ cacheDir, ...shared }: StepBedOptions): Promise<StepBed> {
  const onInstall = (folder: string): void => shared.log(`installing ${folder}`);
  const { python, executable } = await ensureScorerEnvironment({ cacheDir, env: process.env, onInstall });
  const scorer = join(REPOSITORY, 'packages', 'scorer');
  const withoutDependencies = await readRequirements(
    new URL('../../packages/scorer/requirements-official-xlstm.txt', import.meta.url),
  );
  const official = await ensureEnvironment(
    { name: 'official-xlstm', withoutDependencies },
    { cacheDir, python, onInstall },
  );
  const path = [scorer, await libraryOf(official)].join(':');
  return {
    ...shared,
    async measure(which, { shape, repeats }) {
      const task = JSON.stringify({ ...shape, repeats, threads: shared.threads });
      const env = {
        ...process.env,
        PYTHONPATH: path,
        PYTHONDONTWRITEBYTECODE: '',
        OMP_NUM_THREADS: String(shared.threads),
      };
      return figuresSchema.parse(JSON.parse(await runScript(executable, which, task, env)));
    },
  };
}

function runScript(executable: string, which: Which, task: string, env: NodeJS.ProcessEnv): Promise<string> {
  const script = join(import.meta.dirname, 'measure_step.py');
  return new Promise((resolve, reject) => {
    const child = execFile(executable, [script, which], { env }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${which} broke off: ${stderr.trim().split('\n').at(-1) ?? error.message}`));
    });
    child.stdin?.end(task);
  });
}
