import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { RetortError } from '@retort/schema';

/** Oldest Python whose syntax and wheels we use. */
export const MINIMUM_PYTHON = [3, 11] as const;

const CANDIDATES = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python'];
const PROBE =
  'import sys, platform; print(sys.executable, *sys.version_info[:3], platform.machine(), sep="\\n")';

export interface Python {
  readonly executable: string;
  /** Such as `3.11.7`. */
  readonly version: string;
  /** Such as `x86_64`. */
  readonly machine: string;
}

export class PythonMissingError extends RetortError {
  readonly code = 'python-missing';
  constructor(found: readonly string[], preferred: string | null) {
    const none =
      preferred === null ? 'found none on PATH' : `RETORT_PYTHON names ${preferred}, which is none`;
    const seen = found.length > 0 ? `found only ${found.join(', ')}` : none;
    super(
      `Python ${MINIMUM_PYTHON.join('.')} or newer is needed (${seen}): install it (Debian: apt-get install python3) or point RETORT_PYTHON at one.`,
    );
  }
}

/**
 * The first Python on PATH that is new enough; `preferred` (RETORT_PYTHON) is tried alone when it is set and not empty.
 *
 * @throws PythonMissingError when there is none
 */
export async function findPython(preferred?: string): Promise<Python> {
  const tooOld: string[] = [];
  const named = preferred === '' ? undefined : preferred;
  for (const candidate of named === undefined ? CANDIDATES : [named]) {
    const python = await probe(candidate);
    if (python === null) continue;
    if (isNewEnough(python.version)) return python;
    tooOld.push(`${candidate} ${python.version}`);
  }
  throw new PythonMissingError(tooOld, named ?? null);
}

async function probe(candidate: string): Promise<Python | null> {
  try {
    const { stdout } = await promisify(execFile)(candidate, ['-c', PROBE], { timeout: 20_000 });
    const [executable, major, minor, patch, machine] = stdout.trim().split('\n');
    if (executable === undefined || machine === undefined) return null;
    return { executable, version: `${major}.${minor}.${patch}`, machine };
  } catch {
    return null; // not there, or not a Python: the next candidate may be
  }
}

function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > MINIMUM_PYTHON[0] || (major === MINIMUM_PYTHON[0] && minor >= MINIMUM_PYTHON[1]);
}
