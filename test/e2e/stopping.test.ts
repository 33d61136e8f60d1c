import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { socketPathFor } from '@retort/queue';
import Database from 'better-sqlite3';
import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { descendants, isAlive, roleOf, until } from './processes.ts';
import { type Running, runDistill, runJson, startDistill, testFolder } from './run-distill.ts';

/** The whole sample up to its answers: enough work to be caught in the middle of it. */
const JOB = ['--until', 'teach'];

function answers(home: string): number {
  return count(home, 'SELECT count(*) AS n FROM attempts');
}

function prepared(home: string): number {
  return count(home, 'SELECT count(*) AS n FROM samples WHERE image_hash IS NOT NULL');
}

function count(home: string, sql: string): number {
  try {
    const db = new Database(join(home, 'retort.sqlite'), { readonly: true, fileMustExist: true });
    try {
      return db.prepare<[], { n: number }>(sql).get()?.n ?? 0;
    } finally {
      db.close();
    }
  } catch {
    return 0; // not made yet
  }
}

async function untilRole(running: Running, role: string): Promise<number> {
  let pid = 0;
  await until(() => {
    pid = descendants(running.child.pid ?? 0).find((process) => roleOf(process) === role)?.pid ?? 0;
    return pid !== 0;
  }, `there is a ${role}`);
  return pid;
}

describe('a distill at work', () => {
  it('is the only one of its home; status and show work beside it', async () => {
    const home = await testFolder();
    const first = startDistill(['--home', home, ...JOB]);
    const worker = await untilRole(first, 'worker');
    process.kill(worker, 'SIGSTOP'); // so that the first is at work for as long as the others look
    const second = await runDistill(['--home', home, ...JOB]);
    const status = await runDistill(['status', '--home', home]);
    process.kill(worker, 'SIGCONT');
    expect(second.code).toBe(1);
    expect(second.stderr.trim().split('\n')).toEqual([expect.stringContaining(`process ${first.child.pid}`)]);
    expect(status).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`running (process ${first.child.pid})`),
    });
    expect((await first.finished).code).toBe(0);
    expect(await runDistill(['show', 'AttnGAN_normal_003.jpg', '--home', home])).toMatchObject({ code: 0 });
  });

  it('leaves nothing behind when it is killed, and goes on from there', async () => {
    const home = await testFolder();
    const running = startDistill(['--home', home, ...JOB]);
    await until(() => answers(home) > 20, 'some answers are stored');
    const below = descendants(running.child.pid ?? 0).map(({ pid }) => pid);
    expect(below.length).toBeGreaterThanOrEqual(2);
    running.child.kill('SIGKILL');
    await running.finished;
    await until(() => below.every((pid) => !isAlive(pid)), 'worker and queue server are gone');
    const stored = answers(home);
    const resumed = await runJson(['--home', home, ...JOB]);
    expect(Number(resumed.teacher_calls)).toBe(594 - stored);
    expect(answers(home)).toBe(594);
  });

  it('records nothing while the queue server stands still', async () => {
    const home = await testFolder();
    const running = startDistill(['--home', home, ...JOB]);
    const server = await untilRole(running, 'queue-server');
    await until(() => answers(home) > 0, 'the first answers are stored');
    process.kill(server, 'SIGSTOP');
    // What was being recorded at that moment settles; then nothing moves any more.
    let before = -1;
    await until(async () => {
      const now = answers(home);
      const still = now === before;
      before = now;
      await new Promise((resolve) => setTimeout(resolve, 500));
      return still;
    }, 'nothing is recorded any more');
    expect(before).toBeLessThan(594);
    process.kill(server, 'SIGCONT');
    expect((await running.finished).code).toBe(0);
    expect(answers(home)).toBe(594);
  });

  it('drains at Ctrl-C: what is in flight is stored, the way on is told, nobody stays behind', async () => {
    const home = await testFolder();
    const running = startDistill(['--home', home, ...JOB]);
    await until(() => answers(home) > 20, 'some answers are stored');
    const below = descendants(running.child.pid ?? 0).map(({ pid }) => pid);
    running.child.kill('SIGINT');
    const end = await running.finished;
    expect(end.code).toBe(130);
    expect(end.stderr).toContain(`go on with: pnpm distill --home ${home} --until teach`);
    expect(below.filter(isAlive)).toEqual([]);
    const stored = answers(home);
    expect(stored).toBeLessThan(594);
    const resumed = await runJson(['--home', home, ...JOB]);
    expect(Number(resumed.teacher_calls)).toBe(594 - stored);
  });

  it('loses nothing when the queue is wiped under it', async () => {
    const home = await testFolder();
    const running = startDistill(['--home', home, '--until', 'teach', '--json']);
    const socket = socketPathFor(join(home, 'queue'));
    await until(() => existsSync(socket), 'the queue server listens');
    const client = new Redis({ path: socket, retryStrategy: () => null });
    client.on('error', () => undefined); // the server ends with the run
    await until(() => prepared(home) > 20, 'some images are prepared');
    await client.flushall();
    client.disconnect();
    const end = await running.finished;
    expect(end.code, end.stderr).toBe(0);
    expect(JSON.parse(end.stdout)).toMatchObject({ images: 297, teacher_calls: 594 });
  });

  it('is started again by itself when its worker or its queue server dies', async () => {
    const home = await testFolder();
    const running = startDistill(['--home', home, ...JOB]);
    await until(() => answers(home) > 20, 'some answers are stored');
    process.kill(await untilRole(running, 'worker'), 'SIGKILL');
    process.kill(await untilRole(running, 'queue-server'), 'SIGKILL');
    const end = await running.finished;
    expect(end.code).toBe(0);
    expect(end.stderr).toContain('the worker process ended; starting it again');
    expect(answers(home)).toBe(594);
  });
});
