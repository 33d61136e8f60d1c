import type { ChildProcess } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RetortError, sha256, shortHex } from '@retort/schema';
import { Redis } from 'ioredis';

/** Longest path of a unix socket on Linux, in bytes without the closing NUL (sun_path; macOS allows 103). */
const MAX_SOCKET_PATH_BYTES = 103;
const START_TIMEOUT_MS = 15_000;
const POLL_MS = 25;

export interface EmbeddedServerOptions {
  /** Path of a valkey-server or redis-server. */
  readonly binary: string;
  /** The home's folder for the append-only file. */
  readonly dir: string;
  /** Starts a program that dies with this process and holds a lock while it lives. */
  readonly launch: (program: string, args: readonly string[], lockFile: string) => ChildProcess;
}

export interface QueueServer {
  readonly socketPath: string;
  readonly pid: number;
  /** Settles when the server has ended, wanted or not. */
  readonly ended: Promise<void>;
  /** Ends the server; what it acknowledged is in its append-only file. */
  stop(): Promise<void>;
  /** Ends it at once. */
  kill(): void;
}

export class QueueServerError extends RetortError {
  readonly code = 'queue-server-failed';
}

/** The socket's place: under the system's temporary folder, since a path in the home may be too long for a socket. */
export function socketPathFor(
  dir: string,
  tmp: string = tmpdir(),
  uid: number = process.getuid?.() ?? 0,
): string {
  const name = `retort-${uid}-${shortHex(sha256(dir))}`;
  const path = join(tmp, name, 'queue.sock');
  return Buffer.byteLength(path) <= MAX_SOCKET_PATH_BYTES ? path : join('/tmp', name, 'queue.sock');
}

/**
 * Starts a private Redis-compatible server on a unix socket that only this user can open: no port, no password, append-only
 * file on, nothing evicted. Settles once it answers.
 *
 * @throws QueueServerError when it ends or stays silent; the message holds its last words
 */
export async function startEmbeddedServer(options: EmbeddedServerOptions): Promise<QueueServer> {
  const socketPath = socketPathFor(options.dir);
  await mkdir(options.dir, { recursive: true });
  await mkdir(join(socketPath, '..'), { recursive: true, mode: 0o700 });
  const child = options.launch(
    options.binary,
    serverArguments(options.dir, socketPath),
    join(options.dir, 'server.lock'),
  );
  let lastWords = '';
  const keepLastWords = (chunk: Buffer): void => {
    lastWords = (lastWords + chunk.toString('utf8')).slice(-500);
  };
  child.stdout?.on('data', keepLastWords);
  child.stderr?.on('data', keepLastWords);
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.once('error', (error) => {
      lastWords = error.message;
      resolve();
    });
  });
  await answering(child, socketPath, ended, () => lastWords.trim());
  return {
    socketPath,
    pid: child.pid ?? -1,
    ended,
    kill: () => {
      child.kill('SIGKILL');
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
      await rm(join(socketPath, '..'), { recursive: true, force: true });
    },
  };
}

function serverArguments(dir: string, socketPath: string): string[] {
  return Object.entries({
    port: '0',
    unixsocket: socketPath,
    unixsocketperm: '700',
    dir,
    appendonly: 'yes',
    save: '',
    'maxmemory-policy': 'noeviction',
    daemonize: 'no',
    loglevel: 'warning',
  }).flatMap(([name, value]) => [`--${name}`, value]);
}

/** Waits until the server on the socket is the child we started: a stale one on the same socket would answer too. */
async function answering(
  child: ChildProcess,
  socketPath: string,
  ended: Promise<void>,
  lastWords: () => string,
): Promise<void> {
  let over = false;
  void ended.then(() => {
    over = true;
  });
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!over && Date.now() < deadline) {
    if ((await processIdOf(socketPath)) === child.pid) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  child.kill('SIGKILL');
  const what = over ? 'ended at once' : `did not answer within ${START_TIMEOUT_MS / 1000} s`;
  throw new QueueServerError(
    `The queue server ${what}${lastWords() === '' ? '' : `: ${lastWords()}`}. Run the same command again, or set REDIS_URL to a server of your own.`,
  );
}

async function processIdOf(socketPath: string): Promise<number | null> {
  const client = new Redis({
    path: socketPath,
    lazyConnect: true,
    retryStrategy: () => null,
    enableReadyCheck: false,
  });
  client.on('error', () => undefined); // refused until the server listens: the caller asks again
  try {
    await client.connect();
    const info = await client.info('server');
    return Number(/process_id:(\d+)/.exec(info)?.[1] ?? Number.NaN);
  } catch {
    return null;
  } finally {
    client.disconnect();
  }
}
