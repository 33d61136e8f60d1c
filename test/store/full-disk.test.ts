import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStore, startRecorder } from '@retort/store';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { fillHome, plannedRequest, RUN_ID, recordedAttempt } from './filled-home.ts';
import { openHome } from './open-home.ts';

/** A full disk needs a file system of our own: the right to mount one. Tried in a namespace that goes at once. */
const canMount = spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;
const MEGABYTE = 1024 * 1024;

function mountDisk(bytes: number): string {
  const folder = temporaryFolder();
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', folder]);
  onTestFinished(() => {
    execFileSync('umount', ['--lazy', folder]); // the store closes after this
  });
  return folder;
}

const largeAttempt = (i: number) => ({
  kind: 'attempt' as const,
  // Random: what can be compressed would fit.
  entry: recordedAttempt(plannedRequest(i).key, { rawBody: randomBytes(300_000).toString('base64') }),
});

// Skipped where no file system can be mounted: the tests need one that is full.
describe.skipIf(!canMount)('a full disk', () => {
  it('rejects what does not fit, keeps what was stored, and goes on once there is room', async () => {
    const home = mountDisk(4 * MEGABYTE);
    const store = openHome(home);
    fillHome(store, 20);
    const recorder = startRecorder(home);
    onTestFinished(() => recorder.close());
    await recorder.record({ kind: 'attempt', entry: recordedAttempt(plannedRequest(0).key) });
    const filler = join(home, 'filler');
    writeFileSync(filler, Buffer.alloc(2 * MEGABYTE));
    const entries = Array.from({ length: 19 }, (_, i) => recorder.record(largeAttempt(i + 1)));
    const ends = await Promise.allSettled(entries);
    const rejected = ends.filter((end) => end.status === 'rejected');
    expect(rejected.length).toBeGreaterThan(0);
    for (const { reason } of rejected) {
      expect(reason).toMatchObject({
        code: 'disk-full',
        message: expect.stringMatching(/is full: free some/),
      });
    }
    // How many came before is chance; what is stored is what settled.
    const answered = 1 + ends.length - rejected.length;
    expect(store.requests.counts(RUN_ID)).toMatchObject({ answered, pending: rejected.length });
    rmSync(filler);
    await recorder.record(largeAttempt(19));
    expect(store.attempts.answered(plannedRequest(19).key, 'quality')).not.toBeNull();
  });

  it('is told when a home has no room for its tables', () => {
    const home = mountDisk(64 * 1024);
    expect(() => openStore(home)).toThrow(expect.objectContaining({ code: 'disk-full' }));
  });

  it('is told by a transaction, and nothing of it is stored', () => {
    const store = openHome(mountDisk(2 * MEGABYTE));
    fillHome(store);
    const record = (): void => {
      for (let number = 1; number < 20; number += 1) {
        store.attempts.record(
          recordedAttempt(plannedRequest(0).key, {
            number,
            rawBody: randomBytes(300_000).toString('base64'),
          }),
        );
      }
    };
    expect(() => store.transaction(record)).toThrow(expect.objectContaining({ code: 'disk-full' }));
    expect(store.attempts.spending(RUN_ID).attempts).toBe(0);
  });
});
