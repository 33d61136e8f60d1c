import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch } from '@retort/environment';
import { QueueServerError, socketPathFor, startEmbeddedServer } from '@retort/queue';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startNode } from '../fixtures/node-child.ts';
import { queueServerBinary, startQueueServer } from '../fixtures/queue-server.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

const OWNER = new URL('./children/own-server.ts', import.meta.url);
const LAUNCHER = fileURLToPath(new URL('../../packages/environment/launch.py', import.meta.url));

function connect(socketPath: string): Redis {
  const client = new Redis({ path: socketPath, retryStrategy: () => null, maxRetriesPerRequest: 0 });
  client.on('error', () => undefined); // the server is killed in some tests
  onTestFinished(() => client.disconnect());
  return client;
}

/** Linux's own word on whether a process is there and not merely waiting to be reaped. */
async function isRunning(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => null);
  return status !== null && !/^State:\s+[ZX]/m.test(status);
}

describe('startEmbeddedServer', () => {
  it('answers on a socket that only this user can open, with what BullMQ needs', async () => {
    const server = await startQueueServer();
    const client = connect(server.socketPath);
    expect(await client.ping()).toBe('PONG');
    expect(await client.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
    expect(await client.config('GET', 'appendonly')).toEqual(['appendonly', 'yes']);
    expect(await client.config('GET', 'port')).toEqual(['port', '0']);
    expect(await client.info('server')).toContain(`process_id:${server.pid}`);
    expect((await stat(server.socketPath)).mode & 0o777).toBe(0o700);
    expect((await stat(join(server.socketPath, '..'))).mode & 0o777).toBe(0o700);
  });

  it('takes its socket with it when it is stopped, and keeps its data', async () => {
    const dir = temporaryFolder();
    const server = await startQueueServer(dir);
    await connect(server.socketPath).set('key', 'value');
    await server.stop();
    await server.ended;
    expect(existsSync(server.socketPath)).toBe(false);
    const again = await startQueueServer(dir);
    expect(await connect(again.socketPath).get('key')).toBe('value');
  });

  it('has every acknowledged write after it was killed', async () => {
    const dir = temporaryFolder();
    const server = await startQueueServer(dir);
    const client = connect(server.socketPath);
    const writes = Array.from({ length: 5000 }, async (_, i) => {
      await client.rpush('written', i);
      return i;
    });
    await writes[500];
    server.kill();
    const acknowledged = (await Promise.allSettled(writes)).flatMap((end) =>
      end.status === 'fulfilled' ? [String(end.value)] : [],
    );
    await server.ended;
    const again = await startQueueServer(dir);
    const kept = new Set(await connect(again.socketPath).lrange('written', 0, -1));
    expect(acknowledged.length).toBeGreaterThan(500);
    expect(acknowledged.filter((i) => !kept.has(i))).toEqual([]);
  });

  it('dies with the process that started it, however that dies', async () => {
    const { binary, python } = await queueServerBinary();
    const dir = temporaryFolder();
    const owner = startNode(OWNER, [binary, python.executable, dir]);
    const { pid } = JSON.parse(await owner.line()) as { pid: number };
    expect(await isRunning(pid)).toBe(true);
    owner.process.kill('SIGKILL');
    await owner.ended;
    await expect.poll(() => isRunning(pid), { timeout: 10_000 }).toBe(false);
    // The folder is free at once: the lock went with the process.
    const next = await startQueueServer(dir);
    expect(next.pid).not.toBe(pid);
  });

  it('says that another server is at work on the same folder', async () => {
    const dir = temporaryFolder();
    const first = await startQueueServer(dir);
    const { binary, python } = await queueServerBinary();
    const impatient = startEmbeddedServer({
      binary,
      dir,
      // The product waits 10 s for the lock: here it is refused at once.
      launch: (program, args, lock) => {
        const options = ['--parent', String(process.pid), '--lock', lock, '--wait', '0', '--'];
        return spawn(python.executable, [LAUNCHER, ...options, program, ...args]);
      },
    });
    await expect(impatient).rejects.toThrow(/server\.lock is held by another process/);
    expect(await connect(first.socketPath).ping()).toBe('PONG');
  });

  it('waits for a server that is just about to end', async () => {
    const dir = temporaryFolder();
    const first = await startQueueServer(dir);
    await connect(first.socketPath).set('key', 'value');
    const starting = startQueueServer(dir);
    first.kill();
    const second = await starting;
    expect(second.pid).not.toBe(first.pid);
    expect(await connect(second.socketPath).get('key')).toBe('value');
  });

  it('hands on the last words of a program that ends at once', async () => {
    const { python } = await queueServerBinary();
    const failing = startEmbeddedServer({
      binary: python.executable, // refuses the arguments of a queue server
      dir: temporaryFolder(),
      launch: (program, args, lockFile) =>
        launch({ python: python.executable, program, args, lockFile, stdio: ['pipe', 'pipe', 'pipe'] }),
    });
    await expect(failing).rejects.toThrow(QueueServerError);
    await expect(failing).rejects.toThrow(/ended at once: .*unknown option.*REDIS_URL/is);
  });

  it('says so when nothing can be started at all', async () => {
    const failing = startEmbeddedServer({
      binary: '/no/such/server',
      dir: temporaryFolder(),
      launch: (program, args) => spawn(program, args),
    });
    await expect(failing).rejects.toThrow(/ENOENT/);
  });
});

describe('socketPathFor', () => {
  it('differs by folder and user', () => {
    const path = socketPathFor('/home/a', '/tmp', 7);
    expect(path).toMatch(/^\/tmp\/retort-7-[0-9a-f]{12}\/queue\.sock$/);
    expect(socketPathFor('/home/b', '/tmp', 7)).not.toBe(path);
    expect(socketPathFor('/home/a', '/tmp', 8)).not.toBe(path);
  });

  it('fits a socket address, also with a temporary folder of a long name or in another script', () => {
    for (const tmp of [`/${'x'.repeat(100)}`, `/${'字'.repeat(30)}`, '/tmp', '/var/folders/zz/T']) {
      expect(Buffer.byteLength(socketPathFor('/home/a', tmp, 4_294_967_294))).toBeLessThanOrEqual(103);
    }
    expect(socketPathFor('/home/a', `/${'x'.repeat(100)}`, 7)).toMatch(/^\/tmp\//);
    expect(socketPathFor('/home/a', '/var/folders/zz/T', 7)).toMatch(/^\/var\//);
  });
});
