import { createInterface } from 'node:readline/promises';
import { quoteForShell } from '@retort/schema';
import type { Screen } from './meter.ts';

export type Answer =
  | { readonly kind: 'answer'; readonly text: string }
  /** No terminal: nobody can answer. */
  | { readonly kind: 'nobody' }
  /** Ctrl-C or Ctrl-D. */
  | { readonly kind: 'interrupted' };

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
  /** Asks a question on a terminal. */
  ask(question: string): Promise<Answer>;
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
      if (stdin.isTTY !== true || stderr.isTTY !== true) return { kind: 'nobody' };
      const lines = createInterface({ input: stdin, output: stderr });
      try {
        return { kind: 'answer', text: await lines.question(question) };
      } catch (error) {
        if (error instanceof Error && error.name === 'AbortError') return { kind: 'interrupted' };
        throw error;
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
