import { isRetortError } from '@retort/schema';
import { CommanderError } from 'commander';
import { EXIT, exitCodeFor } from './exit-codes.ts';
import { keepHeapSmall } from './keep-heap-small.ts';
import { commanderExitCode, createProgram } from './program.ts';
import { processTerminal, type Terminal } from './terminal/terminal.ts';

/** `pnpm distill`: parses the command line, runs the command and ends with its exit code. */
async function main(argv: readonly string[], terminal: Terminal): Promise<number> {
  let code: number = EXIT.ok;
  const program = createProgram(terminal, (commandCode) => {
    code = commandCode;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    return fail(error, argv.includes('--json'), terminal);
  }
}

/** What was expected to be able to go wrong is one sentence; a bug shows its stack. */
function fail(error: unknown, json: boolean, terminal: Terminal): number {
  if (error instanceof CommanderError) {
    const code = commanderExitCode(error); // commander has printed its line
    if (json && code !== EXIT.ok) terminal.print(errorJson('usage', error.message));
    return code;
  }
  if (!isRetortError(error)) {
    terminal.say(error instanceof Error ? (error.stack ?? error.message) : String(error));
    if (json) terminal.print(errorJson('internal', String(error)));
    return EXIT.failed;
  }
  terminal.say(`distill: ${error.message}`);
  if (json) terminal.print(errorJson(error.code, error.message));
  return exitCodeFor(error.code);
}

function errorJson(code: string, message: string): string {
  return JSON.stringify({ error: { code, message } });
}

keepHeapSmall();
// Whoever reads our output may have had enough of it (`| head`): that is no error of ours.
process.stdout.on('error', () => process.exit(EXIT.ok));
const exitCode = await main(process.argv.slice(2), processTerminal());
// The command's end is the process's: a connection to a server that is gone must not keep it.
await Promise.all(
  [process.stdout, process.stderr].map((stream) => new Promise((done) => stream.write('', done))),
);
process.exit(exitCode);
