import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import {
  connectScorer,
  type Scorer,
  type ScorerCommand,
  ScorerCommandError,
  ScorerDiedError,
  type ScorerEvent,
} from '@retort/scorer';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';

const STAND_IN = fileURLToPath(new URL('./children/stand-in-scorer.ts', import.meta.url));

afterEach(() => {
  vi.useRealTimers();
});

function startScorer(): Scorer & { readonly signalOfEnd: Promise<string | null> } {
  const child = spawn(process.execPath, [STAND_IN], { env: { ...process.env, NODE_NO_WARNINGS: '1' } });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const signalOfEnd = new Promise<string | null>((resolve) => {
    child.once('close', (_code, signal) => resolve(signal));
  });
  return { ...connectScorer(child), signalOfEnd };
}

/** The stand-in behaves as `encoder` says. */
function encode(encoder: string): ScorerCommand {
  return { command: 'encode', feature_store: '/features', images: '/images.jsonl', encoder, threads: 1 };
}

const ignore = (): void => undefined;

/** Settles with the first event of a command that doesn't end. */
function underWay(scorer: Scorer, encoder: string) {
  let ended: Promise<unknown> = Promise.resolve();
  const event = new Promise<ScorerEvent>((resolve) => {
    ended = scorer.run(encode(encoder), resolve);
    ended.catch(ignore); // the test waits for it below
  });
  return { event, ended };
}

describe('connectScorer', () => {
  it('hands events on as they come and settles with the result', async () => {
    const events: ScorerEvent[] = [];
    const result = await startScorer().run(encode('well'), (event) => events.push(event));
    expect(result).toEqual({ encoded: 2 });
    expect(events).toEqual([
      { event: 'progress', id: '1', done: 1, total: 2, unit: 'image' },
      { event: 'metric', id: '1', aspect: 'quality', epoch: 1, split: 'val', name: 'srcc', value: null },
    ]);
  });

  it('rejects with what the scorer says is wrong, and goes on with the next command', async () => {
    const scorer = startScorer();
    const failing = scorer.run(encode('fails'), ignore);
    await expect(failing).rejects.toThrow(ScorerCommandError);
    await expect(failing).rejects.toMatchObject({
      code: 'checkpoint-unreadable',
      message: 'The file is cut off.',
    });
    await expect(scorer.run(encode('fails-oddly'), ignore)).rejects.toMatchObject({ code: 'scorer-failed' });
    expect(await scorer.run(encode('well'), ignore)).toEqual({ encoded: 2 });
  });

  it('keeps several commands apart', async () => {
    const scorer = startScorer();
    const ends = await Promise.allSettled(
      ['well', 'fails', 'well'].map((kind) => scorer.run(encode(kind), ignore)),
    );
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('does not leave a command waiting that the scorer could not read', async () => {
    await expect(startScorer().run(encode('fails-without-id'), ignore)).rejects.toThrow('Not JSON.');
  });

  it('reads lines in whatever pieces they come, and breaks them at newlines alone', async () => {
    expect(await startScorer().run(encode('in-pieces'), ignore)).toEqual({ text: 'a\u2028b äö' });
  });

  it('tells the last words of a process that dies in the middle, now and later', async () => {
    const scorer = startScorer();
    const commands = [scorer.run(encode('silent'), ignore), scorer.run(encode('dies'), ignore)];
    for (const command of commands) {
      await expect(command).rejects.toThrow(ScorerDiedError);
      await expect(command).rejects.toThrow(/ended \(exit code 3\): Traceback: out of memory/);
    }
    await expect(scorer.run(encode('well'), ignore)).rejects.toThrow(/out of memory/);
  });

  it('tells a death by signal', async () => {
    const scorer = startScorer();
    const { event, ended } = underWay(scorer, 'silent');
    await event;
    process.kill(scorer.pid ?? 0, 'SIGKILL');
    await expect(ended).rejects.toThrow(/ended \(SIGKILL\)/);
  });

  it.each([
    ['babbles', /no event: Downloading weights: 100 %/],
    ['babbles-json', /no event: {"event":"surprise"/],
  ])('gives up on a process that %s, and names the line', async (kind, message) => {
    const scorer = startScorer();
    const commands = [scorer.run(encode('silent'), ignore), scorer.run(encode(kind), ignore)];
    for (const command of commands) {
      await expect(command).rejects.toMatchObject({
        code: 'scorer-died',
        message: expect.stringMatching(message),
      });
    }
    expect(await scorer.signalOfEnd).toBe('SIGKILL');
  });

  it('says so when the process cannot be started', async () => {
    const child = spawn('/no/such/python', []);
    await expect(connectScorer(child).run(encode('well'), ignore)).rejects.toThrow(/ENOENT/);
  });
});

describe('stop', () => {
  it('asks the process to end and rejects what was under way', async () => {
    const scorer = startScorer();
    const { event, ended } = underWay(scorer, 'silent');
    await event;
    await scorer.stop();
    expect(await scorer.signalOfEnd).toBe('SIGTERM');
    await expect(ended).rejects.toThrow(ScorerDiedError);
    await scorer.stop(); // it is over: nothing happens
  });

  it('kills a process that does not end within 20 s', async () => {
    const scorer = startScorer();
    const { event } = underWay(scorer, 'stays-on');
    await event;
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const stopped = scorer.stop();
    vi.advanceTimersByTime(19_999);
    expect(() => process.kill(scorer.pid ?? 0, 0)).not.toThrow();
    vi.advanceTimersByTime(1);
    await stopped;
    expect(await scorer.signalOfEnd).toBe('SIGKILL');
  });
});
