import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { probeWrite, QueueDiskFullError, queueOptions } from '@retort/queue';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { canMount } from '../fixtures/can-mount.ts';
import { startQueueServer } from '../fixtures/queue-server.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

/** The server tries to write again once a second. */
const PATIENCE = { timeout: 10_000 };

describe('probeWrite', () => {
  it('leaves nothing behind on a server that takes writes', async () => {
    const { queue, client } = await bed(temporaryFolder());
    await probeWrite(queue);
    const life = await client.pttl(queue.toKey('probe'));
    expect(life).toBeGreaterThan(0);
    expect(life).toBeLessThanOrEqual(1000);
  });

  it.skipIf(!canMount())('says that the disk is full, and no longer when there is room', async () => {
    const dir = temporaryFolder();
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', dir]);
    onTestFinished(() => void execFileSync('umount', ['-l', dir]));
    const { queue, client } = await bed(dir);
    const probe = (): Promise<unknown> => probeWrite(queue).catch((error: unknown) => error);
    expect(await probe()).toBeUndefined();
    const ballast = join(dir, 'ballast');
    await writeFile(ballast, Buffer.alloc(1 << 20)).catch(() => undefined); // as much of it as there is room for
    await client.set('large', 'x'.repeat(1 << 14)).catch(() => undefined); // more than the last page of the log has room for
    await expect.poll(probe, PATIENCE).toBeInstanceOf(QueueDiskFullError);
    rmSync(ballast);
    await expect.poll(probe, PATIENCE).toBeUndefined();
  });
});

async function bed(dir: string): Promise<{ queue: Queue; client: Redis }> {
  const { socketPath } = await startQueueServer(dir);
  const queue = new Queue('teach', queueOptions({ kind: 'socket', path: socketPath }, 'home'));
  const client = new Redis({ path: socketPath });
  onTestFinished(async () => {
    client.disconnect();
    await queue.close();
  });
  return { queue, client };
}
