import type { AddressInfo } from 'node:net';
import { CommanderError } from 'commander';
import { createAnswerBook } from './answer-book.ts';
import { createProgram } from './command-line.ts';
import { createDouble } from './double.ts';
import { loadRecordings } from './load-recordings.ts';
import type { StartOptions } from './read-flags.ts';
import { createDoubleServer } from './server.ts';
import { DoubleUsageError } from './usage-error.ts';

/** The double listens on this machine alone: it takes any key and knows no user. */
const HOST = '127.0.0.1';

function start({ port, scenario, recordings, images, settings }: StartOptions): void {
  const answers = createAnswerBook(loadRecordings(recordings, images));
  const { server, dispose } = createDoubleServer(createDouble({ settings, answers }));
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      dispose();
      process.exit(0); // at once, with calls in flight: whoever ends it wants that
    });
  }
  server.on('error', (error: NodeJS.ErrnoException) => {
    console.error(
      `gemini-double can't listen on ${HOST}:${port} (${error.code}): take another --port, or 0.`,
    );
    process.exit(1);
  });
  server.listen(port, HOST, () => {
    const { port: taken } = server.address() as AddressInfo; // a TCP server that listens has one
    const line = {
      event: 'listening',
      port: taken,
      base_url: `http://${HOST}:${taken}`,
      scenario,
      pid: process.pid,
    };
    process.stdout.write(`${JSON.stringify(line)}\n`);
  });
}

try {
  createProgram(start).exitOverride().parse();
} catch (error) {
  if (error instanceof DoubleUsageError) console.error(error.message);
  else if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error instanceof CommanderError && error.exitCode === 0 ? 0 : 2;
}
