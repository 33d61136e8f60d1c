import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { LimiterServer } from './exchange.ts';
import {
  type CallEnd,
  type CallLimits,
  type EndedCall,
  type ExchangeQuestion,
  endedCall,
  type Granted,
  type GrantedCall,
} from './limiter-protocol.ts';
import { type Arrival, createWaitingRoom, type Entry, type Waiting } from './waiting-room.ts';

export interface LimiterOptions {
  readonly server: LimiterServer;
  readonly limits: CallLimits;
  /** Today, for the daily quota, and when the next day begins. */
  readonly day: () => { readonly name: string; readonly endsAt: Date };
  /** Requests made today, from the store: asked for when the queue server doesn't know. */
  readonly countToday: () => number;
  readonly now: () => Date;
}

/** The gate that every call to a teacher passes; all processes at one queue server share what it counts. */
export interface Limiter {
  /** Waits for its turn. Whoever goes through must `leave` when the call has ended, and `settle` when its end is stored. */
  enter(call: Arrival, signal: AbortSignal): Promise<Entry>;
  leave(call: GrantedCall, end: CallEnd): void;
  /** What is told with the next question; a process that dies before leaves it under way. */
  settle(callId: string): void;
  /** True when a call went through, in whatever process, and isn't settled: it may have been made. */
  isUnderWay(callId: string): Promise<boolean>;
  /** Tells what wasn't told yet, and disconnects. */
  close(): Promise<void>;
}

/** Waiting calls that one question carries: when all of them may go, the next one comes at once. */
const MAX_ASKED = 16;
/** While others hold all places: ask again after this long, ms. */
const PLACE_WAIT_MS = 100;
/** A process with calls under way is heard of at least this often, ms; exchange.lua drops it after 10 s. */
const HEARTBEAT_MS = 3000;
/** Whoever would have to wait longer than this, ms, is told so instead. */
const MAX_WAIT_MS = 10 * 60_000;

/** Telling the last ends takes milliseconds where there is a server. */
const CLOSE_TIMEOUT_MS = 3000;
/** A wait that people are told about, ms. */
const LONG_WAIT_MS = 2000;

const UNSENT: CallEnd = { end: 'unsent', usedTokens: null, delayMs: null, meter: null, quota: null };

/** One process's side of the limiter: asks once for all calls that wait, and never twice at a time. */
export function createLimiter({ server, limits, day, countToday, now }: LimiterOptions): Limiter {
  const process = randomUUID();
  const room = createWaitingRoom();
  let ended: EndedCall[] = [];
  let settled: string[] = [];
  let inFlight = 0;
  let questions = 0;
  let asking: Promise<void> | null = null;
  let isAskedAgain = false;
  let timer: NodeJS.Timeout | null = null;

  const heartbeat = setInterval(() => {
    if (inFlight > 0) ask();
  }, HEARTBEAT_MS);
  heartbeat.unref();

  function stopTimer(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
  }

  /** Everything that comes before the answer shares the next question. */
  function ask(): void {
    isAskedAgain = true;
    asking ??= askOn().finally(() => {
      asking = null;
    });
  }

  async function askOn(): Promise<void> {
    while (isAskedAgain) {
      await new Promise(setImmediate);
      isAskedAgain = false;
      stopTimer();
      try {
        await exchange();
      } catch (error) {
        room.failAll(error);
      }
    }
  }

  async function exchange(): Promise<void> {
    const told = { ended, settled };
    ended = [];
    settled = [];
    const asked = room.first(MAX_ASKED);
    questions += 1;
    const question: ExchangeQuestion = {
      process,
      number: questions,
      inFlight,
      limits,
      day: limits.requestsPerDay === null ? '' : day().name,
      ...told,
      waiting: asked.map(({ id, tokens }) => ({ id, tokens })),
    };
    let answer = await server.exchange(question).catch((error: unknown) => {
      ended = [...told.ended, ...ended];
      settled = [...told.settled, ...settled];
      throw error;
    });
    if (answer.kind === 'day-count-needed') {
      answer = await server.exchange({ ...question, dayCount: countToday() });
      if (answer.kind === 'day-count-needed')
        throw new TypeError('exchange.lua was told the count of the day');
    }
    const { granted, taken, now: at } = answer;
    const byId = new Map(asked.map((call) => [call.id, call]));
    for (const id of granted) letGo(byId.get(id), at);
    for (const id of taken) byId.get(id)?.settle({ kind: 'taken' });
    goOn(answer, granted.length + taken.length === asked.length);
  }

  function letGo(call: Waiting | undefined, grantedAt: number): void {
    if (call === undefined) return;
    const granted = { id: call.id, tokens: call.tokens, grantedAt };
    if (room.has(call)) {
      inFlight += 1;
      call.settle({ kind: 'go', call: granted });
      return;
    }
    // It was stopped while the question was under way.
    ended.push(endedCall(granted, UNSENT));
    isAskedAgain = true;
  }

  function goOn({ why, waitMs = PLACE_WAIT_MS }: Granted, wereAllPassed: boolean): void {
    if (room.size === 0) return;
    if (wereAllPassed || why === undefined) {
      isAskedAgain = true;
      return;
    }
    if (why === 'silence') {
      room.settleAll({ kind: 'silence' });
    } else if (why === 'day') {
      sendAway(`the ${limits.requestsPerDay} requests of the day are used up`, day().endsAt);
    } else if (waitMs > MAX_WAIT_MS) {
      sendAway('the service asked for a longer wait', new Date(now().getTime() + waitMs));
    } else {
      if (why === 'server' && waitMs >= LONG_WAIT_MS)
        room.first(1)[0]?.onWait?.(new Date(now().getTime() + waitMs));
      timer = setTimeout(() => {
        timer = null;
        ask();
      }, Math.ceil(waitMs));
    }
  }

  function sendAway(reason: string, until: Date): void {
    room.settleAll({ kind: 'later', reason, until: until.toISOString() });
  }

  async function told(): Promise<void> {
    while (asking !== null) await asking;
  }

  return {
    enter(call, signal) {
      const entry = room.wait(call, signal);
      // While a timer runs, those in front wait too, and ask for all.
      if (timer === null) ask();
      return entry;
    },
    leave(call, end) {
      inFlight -= 1;
      ended.push(endedCall(call, end));
      ask();
    },
    settle(callId) {
      settled.push(callId);
    },
    isUnderWay: server.isUnderWay,
    async close() {
      clearInterval(heartbeat);
      stopTimer();
      if (settled.length > 0) ask();
      // A server that is gone for good would be waited for without end.
      await Promise.race([told(), pause(CLOSE_TIMEOUT_MS, undefined, { ref: false })]);
      server.disconnect();
    },
  };
}
