import type { Terminal } from '../../packages/cli/src/terminal/terminal.ts';

/** A terminal that nobody sits at: keeps what was printed and said. */
export function quietTerminal(env: Readonly<Record<string, string>> = {}) {
  const printed: string[] = [];
  const said: string[] = [];
  const terminal: Terminal = {
    env,
    commandLine: 'pnpm distill',
    color: false,
    screen: { isTerminal: false, write: () => undefined, columns: () => 80 },
    print: (text) => void printed.push(text),
    say: (text) => void said.push(text),
    ask: async () => ({ kind: 'nobody' }),
    onInterrupt: () => undefined,
    offInterrupt: () => undefined,
  };
  return { terminal, printed, said };
}
