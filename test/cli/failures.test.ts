import { openStore } from '@retort/store';
import { describe, expect, it } from 'vitest';
import { failuresCommand } from '../../packages/cli/src/commands/failures.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { fillHome, plannedRequest, recordedAttempt } from '../store/filled-home.ts';
import { quietTerminal } from './quiet-terminal.ts';

function home(deadLetters: number, reason = 'SAFETY'): string {
  const dir = temporaryFolder();
  const store = openStore(dir);
  fillHome(store, 3);
  const dead = { outcome: 'blocked', answer: null, description: null } as const;
  for (let i = 0; i < deadLetters; i += 1) {
    const settlement = { state: 'dead-letter', reason } as const;
    store.attempts.record(recordedAttempt(plannedRequest(i).key, dead, settlement));
  }
  store.close();
  return dir;
}

async function failures(dir: string, flags: { readonly json?: boolean; readonly group?: boolean }) {
  const { terminal, printed } = quietTerminal();
  expect(await failuresCommand({ home: dir, ...flags }, terminal)).toBe(0);
  return printed.join('\n');
}

describe('distill failures', () => {
  it('lists what was given up on', async () => {
    const rows = JSON.parse(await failures(home(2), { json: true }));
    expect(rows).toHaveLength(2);
    expect(rows[0]).toEqual({
      image: '0.jpg',
      aspect: 'quality',
      outcome: 'blocked',
      attempts: 1,
      reason: 'SAFETY',
    });
  });

  it('groups by outcome and reason, in a table and in JSON', async () => {
    const dir = home(2);
    expect(await failures(dir, { group: true })).toBe(
      'outcome  requests  reason  such as\nblocked         2  SAFETY  0.jpg (quality), 1.jpg (quality)',
    );
    expect(JSON.parse(await failures(dir, { group: true, json: true }))).toMatchObject([
      { outcome: 'blocked', reason: 'SAFETY', requests: 2 },
    ]);
  });

  it('cuts a long reason in the table, and has all of it in JSON', async () => {
    const reason = `network 5 times: ${'no way to the host, '.repeat(10)}`;
    const dir = home(1, reason);
    const [, line = ''] = (await failures(dir, { group: true })).split('\n');
    expect(line).toContain(`${reason.slice(0, 55)}`);
    expect(line).toContain('…  0.jpg (quality)');
    expect(line.length).toBeLessThan(100);
    expect(JSON.parse(await failures(dir, { group: true, json: true }))[0].reason).toBe(reason);
  });

  it('says so when nothing was given up on', async () => {
    const dir = home(0);
    expect(await failures(dir, {})).toBe('Nothing was given up on.');
    expect(await failures(dir, { group: true })).toBe('Nothing was given up on.');
    expect(await failures(dir, { json: true, group: true })).toBe('[]');
  });
});
