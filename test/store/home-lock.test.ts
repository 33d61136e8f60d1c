import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HomeBusyError, lockHome, runningCoordinator } from '@retort/store';
import { describe, expect, it } from 'vitest';
import { startNode } from '../fixtures/node-child.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { fillHome, RUN_ID } from './filled-home.ts';
import { openHome } from './open-home.ts';

const HOLDER = new URL('./children/hold-home.ts', import.meta.url);
const LOOKER = new URL('./children/look-at-home.ts', import.meta.url);

async function heldHome() {
  const home = temporaryFolder();
  const holder = startNode(HOLDER, [home]);
  expect(await holder.line()).toBe('held');
  return { home, holder };
}

describe('lockHome', () => {
  it('keeps a second process out and names the first', async () => {
    const { home, holder } = await heldHome();
    const pid = holder.process.pid;
    expect(() => lockHome(home, process.pid)).toThrow(HomeBusyError);
    expect(() => lockHome(home, process.pid)).toThrow(expect.objectContaining({ code: 'home-busy', pid }));
    expect(() => lockHome(home, process.pid)).toThrow(
      new RegExp(`process ${pid}\\b.*${home}.*distill status`),
    );
  });

  it('is free again when its holder lets go', async () => {
    const { home, holder } = await heldHome();
    holder.process.stdin?.write('go\n');
    expect(await holder.line()).toBe('released');
    lockHome(home, process.pid).release();
  });

  it('is free again when its holder is killed', async () => {
    const { home, holder } = await heldHome();
    holder.process.kill('SIGKILL');
    await holder.ended;
    expect(runningCoordinator(home)).toBeNull();
    lockHome(home, process.pid).release();
  });

  it('is not taken for held because somebody looks at it', async () => {
    const home = temporaryFolder();
    lockHome(home, process.pid).release();
    const lookers = [startNode(LOOKER, [home]), startNode(LOOKER, [home])];
    for (const looker of lookers) expect(await looker.line()).toBe('looking');
    for (let i = 0; i < 200; i += 1) lockHome(home, process.pid).release();
  });

  it('says so when the home cannot be made', () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    expect(() => lockHome(join(file, 'home'), 1)).toThrow(
      expect.objectContaining({ code: 'home-unwritable' }),
    );
  });
});

describe('runningCoordinator', () => {
  it('knows nobody in a home that was never used', () => {
    expect(runningCoordinator(temporaryFolder())).toBeNull();
    expect(runningCoordinator('/no/such/home')).toBeNull();
  });

  it('names the one at work, as often as it is asked', async () => {
    const { home, holder } = await heldHome();
    expect(runningCoordinator(home)).toEqual({ pid: holder.process.pid });
    expect(runningCoordinator(home)).toEqual({ pid: holder.process.pid });
  });

  it('leaves the store open to reading and writing beside the coordinator', async () => {
    const { home } = await heldHome();
    const store = openHome(home);
    fillHome(store, 2);
    expect(store.requests.counts(RUN_ID).pending).toBe(2);
  });
});
