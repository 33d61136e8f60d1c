import { openStore } from '@retort/store';
import { CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { EXIT, exitCodeFor } from '../../packages/cli/src/exit-codes.ts';
import { commanderExitCode, createProgram } from '../../packages/cli/src/program.ts';
import { UsageError } from '../../packages/cli/src/usage-error.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { fillHome, RUN_ID } from '../store/filled-home.ts';
import { quietTerminal } from './quiet-terminal.ts';

/** Runs a command line as main.ts does. */
async function run(...args: string[]) {
  const { terminal, printed, said } = quietTerminal();
  let code: number = EXIT.ok;
  const program = createProgram(terminal, (commandCode) => {
    code = commandCode;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) code = commanderExitCode(error);
    else if (error instanceof UsageError) {
      said.push(error.message);
      code = exitCodeFor(error.code);
    } else throw error;
  }
  return { code, out: printed.join('\n'), said: said.join('\n') };
}

function filledHome(): string {
  const home = temporaryFolder();
  const store = openStore(home);
  fillHome(store);
  store.close();
  return home;
}

describe('an option of distill itself', () => {
  it.each(['status', 'cost', 'failures', 'retry', 'report', 'show x.jpg'])(
    'is refused after and before %s, with a hint',
    async (subcommand) => {
      const words = [...subcommand.split(' '), '--home', filledHome()];
      const after = await run(...words, '--limit', '5');
      expect(after).toMatchObject({ code: EXIT.usage, out: '' });
      expect(after.said).toContain(`pnpm distill ${words[0]} --help`);
      const before = await run('--limit', '5', ...words);
      expect(before).toMatchObject({ code: EXIT.usage, out: '' });
      expect(before.said).toMatch(/^--limit goes with "pnpm distill" itself/);
    },
  );
});

describe('--home and --json', () => {
  it('may stand before or after a subcommand', async () => {
    const home = filledHome();
    for (const words of [
      ['status', '--json', '--home', home],
      ['--json', '--home', home, 'status'],
      ['--json', 'status', '--home', home],
    ]) {
      const { code, out } = await run(...words);
      expect(code).toBe(EXIT.ok);
      expect(JSON.parse(out)).toMatchObject({ run: RUN_ID });
    }
  });
});

describe('retry --outcome', () => {
  it('refuses an outcome that does not exist, with the list of those that do', async () => {
    const { code, said } = await run('retry', '--outcome', 'bad', '--home', filledHome());
    expect(code).toBe(EXIT.usage);
    expect(said).toContain('blocked, rate-limited');
  });
});
