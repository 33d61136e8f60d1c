import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { type ErrorCode, RetortError } from '@retort/schema';
import { type ScorerCommand, type ScorerEvent, scorerEventSchema } from './protocol.ts';

/** After SIGTERM the scorer has this long to write its checkpoint, in ms. */
const STOP_TIMEOUT_MS = 20_000;
/** Characters of a line that isn't the protocol's that are shown. */
const BABBLE_LENGTH = 200;

/** The scorer said what is wrong: the same command would fail again. */
export class ScorerCommandError extends RetortError {
  readonly code: ErrorCode;
  constructor(code: ErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** The scorer's process ended in the middle of a command: the same command goes on from its checkpoint. */
export class ScorerDiedError extends RetortError {
  readonly code = 'scorer-died';
  constructor(how: string, lastWords: string) {
    super(`The scorer's Python process ended (${how})${lastWords === '' ? '.' : `: ${lastWords}`}`);
  }
}

export interface Scorer {
  /** Runs one command to its end; events arrive on the way. Commands run one after the other. */
  run(command: ScorerCommand, onEvent: (event: ScorerEvent) => void): Promise<Record<string, unknown>>;
  /** Asks for a checkpoint and ends the process. A command under way rejects with ScorerDiedError. */
  stop(): Promise<void>;
  readonly pid: number | undefined;
}

interface Pending {
  readonly onEvent: (event: ScorerEvent) => void;
  resolve(result: Record<string, unknown>): void;
  reject(error: Error): void;
}

/** Speaks the JSON-lines protocol with a `python -m retort_scorer serve` that the caller started with pipes. */
export function connectScorer(child: ChildProcess): Scorer {
  const { stdin, stdout, stderr } = child;
  if (stdin === null || stdout === null || stderr === null)
    throw new TypeError('the scorer needs three pipes');
  const pending = new Map<string, Pending>();
  let nextId = 1;
  let lastWords = '';
  let ended: string | null = null;
  let babble: string | null = null;
  stderr.on('data', (chunk: Buffer) => {
    lastWords = (lastWords + chunk.toString('utf8')).slice(-800);
  });
  stdin.on('error', () => undefined); // a broken pipe is told by 'close' below
  onLine(stdout, (line) => {
    const event = parseEvent(line);
    if (event !== null) settle(pending, event);
    else if (babble === null) {
      babble = `killed after a line on stdout that is no event: ${line.slice(0, BABBLE_LENGTH)}`;
      child.kill('SIGKILL'); // whatever it says from now on can't be trusted
    }
  });
  const closed = new Promise<void>((resolve) => {
    const finish = (how: string): void => {
      ended = how;
      for (const command of pending.values()) command.reject(new ScorerDiedError(how, lastWords.trim()));
      pending.clear();
      resolve();
    };
    child.once('close', (code, signal) => finish(babble ?? signal ?? `exit code ${code}`));
    child.once('error', (error) => finish(error.message));
  });
  return {
    pid: child.pid,
    run: (command, onEvent) =>
      new Promise((resolve, reject) => {
        if (ended !== null) {
          reject(new ScorerDiedError(ended, lastWords.trim()));
          return;
        }
        const id = String(nextId);
        nextId += 1;
        pending.set(id, { onEvent, resolve, reject });
        stdin.write(`${JSON.stringify({ ...command, id })}\n`);
      }),
    async stop() {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await closed;
      clearTimeout(timer);
    },
  };
}

/** Lines as the protocol ends them, by \n alone: `readline` also breaks at U+2028, which JSON leaves as it is. */
function onLine(stream: Readable, take: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) take(line);
  });
}

function parseEvent(line: string): ScorerEvent | null {
  try {
    return scorerEventSchema.parse(JSON.parse(line));
  } catch {
    return null; // told as the process's end
  }
}

function settle(pending: Map<string, Pending>, event: ScorerEvent): void {
  if (event.event === 'error' && event.id === null) {
    // It could not read a command well enough to know its id: nobody else will answer for it.
    for (const command of pending.values()) command.reject(new ScorerCommandError(event.code, event.message));
    pending.clear();
    return;
  }
  const command = event.id === null ? undefined : pending.get(event.id);
  if (command === undefined) return;
  if (event.event === 'done') {
    pending.delete(String(event.id));
    command.resolve(event.result);
  } else if (event.event === 'error') {
    pending.delete(String(event.id));
    command.reject(new ScorerCommandError(event.code, event.message));
  } else {
    command.onEvent(event);
  }
}
