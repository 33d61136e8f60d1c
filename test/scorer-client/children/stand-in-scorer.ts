import { createInterface } from 'node:readline';

/**
 * A stand-in for `python -m retort_scorer serve`, for these tests alone: speaks the protocol, well or badly, as the
 * command's `encoder` says. No figure comes out of it.
 */
const behaviours: Record<string, (id: string) => void> = {
  well: (id) => {
    say({ event: 'progress', id, done: 1, total: 2, unit: 'image', unknown: 'member' });
    say({ event: 'metric', id, aspect: 'quality', epoch: 1, split: 'val', name: 'srcc', value: null });
    say({ event: 'done', id, result: { encoded: 2 } });
  },
  fails: (id) => say({ event: 'error', id, code: 'checkpoint-unreadable', message: 'The file is cut off.' }),
  'fails-oddly': (id) => say({ event: 'error', id, code: 'no-such-code', message: 'Odd.' }),
  'fails-without-id': () => say({ event: 'error', id: null, code: 'scorer-failed', message: 'Not JSON.' }),
  dies: () => {
    process.stderr.write('Traceback: out of memory\n', () => process.exit(3));
  },
  babbles: () => {
    process.stdout.write('Downloading weights: 100 %\n');
  },
  'babbles-json': (id) => say({ event: 'surprise', id }),
  'in-pieces': (id) => {
    const line = JSON.stringify({ event: 'done', id, result: { text: 'a\u2028b äö' } });
    const bytes = Buffer.from(`${line}\n`);
    for (const byte of bytes) process.stdout.write(Buffer.from([byte]));
  },
  silent: (id) => say({ event: 'log', id, message: 'thinking' }),
  'stays-on': (id) => {
    process.on('SIGTERM', () => undefined);
    say({ event: 'log', id, message: 'deaf' });
  },
};

function say(event: unknown): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, encoder } = JSON.parse(line) as { id: string; encoder: string };
  behaviours[encoder]?.(id);
});
