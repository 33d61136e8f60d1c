import { isRetortError } from '@retort/schema';
import { CommanderError } from 'commander';
import { EXIT, exitCodeFor } from './exit-codes.ts';
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
  if (error instanceof CommanderError) return commanderExitCode(error); // commander has printed its line
  if (!isRetortError(error)) {
    terminal.say(error instanceof Error ? (error.stack ?? error.message) : String(error));
    if (json) terminal.print(JSON.stringify({ error: { code: 'internal', message: String(error) } }));
    return EXIT.failed;
  }
  terminal.say(`distill: ${error.message}`);
  if (json) terminal.print(JSON.stringify({ error: { code: error.code, message: error.message } }));
  return exitCodeFor(error.code);
}

const exitCode = await main(process.argv.slice(2), processTerminal());
// The command's end is the process's: a connection to a server that is gone must not keep it.
await Promise.all(
  [process.stdout, process.stderr].map((stream) => new Promise((done) => stream.write('', done))),
);
process.exit(exitCode);
