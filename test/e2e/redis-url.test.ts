import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import { queueServerBinary } from '../fixtures/queue-server.ts';
import { until } from './processes.ts';
import { runDistill, runJson, testFolder } from './run-distill.ts';

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** A server as a user may have one: on a port, without a password. */
async function userServer(): Promise<{ url: string; client: Redis }> {
  const { binary } = await queueServerBinary();
  const port = await freePort();
  const dir = await testFolder();
  const child = spawn(binary, ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, '--save', ''], {
    stdio: 'ignore',
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const client = new Redis({ port, host: '127.0.0.1', retryStrategy: () => 50 });
  client.on('error', () => undefined); // refused until it listens
  onTestFinished(() => client.disconnect());
  await until(async () => (await client.ping()) === 'PONG', 'the server answers');
  return { url: `redis://127.0.0.1:${port}/0`, client };
}

it('uses the server that REDIS_URL names, and two homes share it without meeting', async () => {
  const { url, client } = await userServer();
  const args = ['--limit', '20', '--until', 'export'];
  const homes = [await testFolder(), await testFolder()];
  const results = await Promise.all(
    homes.map((home) => runJson(['--home', home, ...args], { REDIS_URL: url })),
  );
  for (const result of results) expect(result).toMatchObject({ teacher_calls: 40, conversations: 40 });
  const prefixes = new Set((await client.keys('retort-*')).map((key) => key.split(':')[0]));
  expect(prefixes.size).toBe(2);
});

it('says in one line when the server of REDIS_URL is not there', { timeout: 60_000 }, async () => {
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  const end = await runDistill(['--home', await testFolder(), '--limit', '10', '--until', 'import'], {
    REDIS_URL: url,
  });
  expect(end.code).toBe(1);
  expect(end.stderr).toContain('REDIS_URL');
  expect(end.stderr.trim().split('\n')).toHaveLength(1);
});
