import type { GrantedCall, WaitingCall } from './limiter-protocol.ts';

/** Whether a call may be made. */
export type Entry =
  | { readonly kind: 'go'; readonly call: GrantedCall }
  /** Not for long: the reason in words, and when it helps to come back (UTC ISO 8601). */
  | { readonly kind: 'later'; readonly reason: string; readonly until: string }
  /** It was let go before and isn't settled: it may have been made, and mustn't be made again. */
  | { readonly kind: 'taken' }
  /** The service hasn't answered for minutes. */
  | { readonly kind: 'silence' }
  /** The signal came first. */
  | { readonly kind: 'stopped' };

/** A call that comes into the room. */
export interface Arrival extends WaitingCall {
  /** Told to the first of those who have to wait, when the service asked for it. */
  readonly onWait?: (until: Date) => void;
}

/** A call in the room: it leaves by one of the two doors. */
export interface Waiting extends Arrival {
  readonly settle: (entry: Entry) => void;
  readonly fail: (error: unknown) => void;
}

/** Calls of one process that wait for their turn, first come first served. */
export interface WaitingRoom {
  wait(call: Arrival, signal: AbortSignal): Promise<Entry>;
  readonly size: number;
  /** At most `count` of those who came first. */
  first(count: number): readonly Waiting[];
  /** False for a call whose signal came. */
  has(call: Waiting): boolean;
  /** Sends everybody away. */
  settleAll(entry: Entry): void;
  failAll(error: unknown): void;
}

export function createWaitingRoom(): WaitingRoom {
  const calls = new Set<Waiting>();
  return {
    wait: (call, signal) =>
      new Promise((resolve, reject) => {
        const stop = (): void => waiting.settle({ kind: 'stopped' });
        const leave = (): void => {
          calls.delete(waiting);
          signal.removeEventListener('abort', stop);
        };
        const waiting: Waiting = {
          ...call,
          settle(entry) {
            leave();
            resolve(entry);
          },
          fail(error) {
            leave();
            reject(error);
          },
        };
        if (signal.aborted) {
          stop();
          return;
        }
        signal.addEventListener('abort', stop, { once: true });
        calls.add(waiting);
      }),
    get size() {
      return calls.size;
    },
    first: (count) => [...calls].slice(0, count),
    has: (call) => calls.has(call),
    settleAll(entry) {
      for (const call of calls) call.settle(entry);
    },
    failAll(error) {
      for (const call of calls) call.fail(error);
    },
  };
}
