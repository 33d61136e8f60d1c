import { createInterface } from 'node:readline/promises';
import { quoteForShell } from '@retort/schema';
import type { Screen } from './meter.ts';

/** The world outside a command: streams, environment, signals. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What the user typed, to be typed again. */
  readonly commandLine: string;
  readonly color: boolean;
  readonly screen: Screen;
  /** Data, on stdout. */
  print(text: string): void;
  /** Words for people, on stderr. */
  say(text: string): void;
  /** Asks a question on a terminal; null where nobody can answer. */
  ask(question: string): Promise<string | null>;
  onInterrupt(listener: () => void): void;
  offInterrupt(listener: () => void): void;
}

const INTERRUPTS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export function processTerminal(): Terminal {
  const { env, stdin, stdout, stderr } = process;
  return {
    env,
    commandLine: ['pnpm distill', ...process.argv.slice(2).map(quoteForShell)].join(' '),
    color: stdout.isTTY === true && env.NO_COLOR === undefined,
    screen: {
      isTerminal: stderr.isTTY === true,
      write: (text) => void stderr.write(text),
      columns: () => stderr.columns || 80, // a pseudo-terminal without a size says 0
    },
    print: (text) => void stdout.write(`${text}\n`),
    say: (text) => void stderr.write(`${text}\n`),
    async ask(question) {
      if (stdin.isTTY !== true || stderr.isTTY !== true) return null;
      const lines = createInterface({ input: stdin, output: stderr });
      try {
        return await lines.question(question);
      } finally {
        lines.close();
      }
    },
    onInterrupt(listener) {
      for (const signal of INTERRUPTS) process.on(signal, listener);
    },
    offInterrupt(listener) {
      for (const signal of INTERRUPTS) process.off(signal, listener);
    },
  };
}
