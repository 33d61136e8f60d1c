import { randomUUID } from 'node:crypto';
import { connectLimiter, type LimiterServer, type QueueServer } from '@retort/queue';
import { onTestFinished } from 'vitest';
import { createQuota, type QuotaLimits, type WindowKind } from '../../../tools/gemini-double/quota.ts';
import { randomOf } from '../../../tools/gemini-double/random.ts';

/** A service with quotas, and processes that want to make calls without end, in a time of their own. */
export interface Simulation {
  readonly quota: Partial<QuotaLimits>;
  readonly window?: WindowKind;
  /** What the limiter is told. */
  readonly known?: Partial<QuotaLimits>;
  readonly concurrency?: number;
  readonly processes?: number;
  readonly latencyMs?: number;
  readonly tokens?: number;
  /** What a call turns out to have taken. */
  readonly usedTokens?: number;
  readonly minutes: number;
  /** The service says its quota's value with a refusal. */
  readonly saysQuota?: boolean;
  /** The service says how long to wait; 60 s are waited where it doesn't. */
  readonly saysDelay?: boolean;
  /** Changes the service's quotas at the start of a minute, counted from 1. */
  readonly changes?: Readonly<Record<number, Partial<QuotaLimits>>>;
  /** Share of calls that are refused for nothing, and the delay that they then name. */
  readonly spurious?: { readonly rate: number; readonly delayMs: number };
}

export interface Minute {
  answered: number;
  refused: number;
}

const NONE: QuotaLimits = { requestsPerMinute: null, inputTokensPerMinute: null, requestsPerDay: null };
const START_MS = Date.UTC(2026, 0, 5, 10, 0, 17);
const MINUTE_MS = 60_000;
/** From the limiter to the service, and how soon it refuses. */
const NETWORK_MS = 3;
const REFUSAL_MS = 6;
/** Waiting calls that a process asks for at a time. */
const MOST_ASKED = 8;

interface Event {
  readonly at: number;
  run(): Promise<void>;
}

/** Runs the real script in the real server, with the double's quotas as the judge; nobody waits for anything. */
export async function simulateCalls(server: QueueServer, simulation: Simulation): Promise<Minute[]> {
  const { processes = 1, window = 'fixed', minutes, changes = {} } = simulation;
  const address = { kind: 'socket', path: server.socketPath } as const;
  const limiter = connectLimiter({ address, homeId: 'simulated', scope: randomUUID() });
  onTestFinished(() => limiter.disconnect());
  const quota = createQuota({ ...NONE, ...simulation.quota }, window);
  const results: Minute[] = Array.from({ length: minutes }, () => ({ answered: 0, refused: 0 }));
  const events: Event[] = [];
  const schedule = (at: number, run: () => Promise<void>): void => {
    const before = events.findLastIndex((event) => event.at <= at);
    events.splice(before + 1, 0, { at, run });
  };
  for (const [minute, change] of Object.entries(changes)) {
    schedule(minuteStart(Number(minute)), async () => quota.changeLimits(change));
  }
  for (let number = 0; number < processes; number += 1) {
    startProcess({ simulation, limiter, quota, results, schedule });
  }
  for (let event = events.shift(); event !== undefined; event = events.shift()) {
    if (event.at >= minuteStart(minutes + 1)) break;
    await event.run();
  }
  return results;
}

/** The first one is what is left of it at the start. */
function minuteStart(minute: number): number {
  return START_MS - (START_MS % MINUTE_MS) + (minute - 1) * MINUTE_MS;
}

interface World {
  readonly simulation: Simulation;
  readonly limiter: LimiterServer;
  readonly quota: ReturnType<typeof createQuota>;
  readonly results: readonly Minute[];
  schedule(at: number, run: () => Promise<void>): void;
}

function startProcess({ simulation, limiter, quota, results, schedule }: World): void {
  const {
    concurrency = 64,
    latencyMs = 200,
    tokens = 1300,
    usedTokens = tokens,
    known,
    spurious,
  } = simulation;
  const process = randomUUID();
  const limits = { ...NONE, ...known, concurrency };
  let inFlight = 0;
  let number = 0;
  const random = randomOf(1, 'spurious', 1);
  let timerAt = 0;
  type Ended = Parameters<LimiterServer['exchange']>[0]['ended'];
  const exchange = async (now: number, ended: Ended): Promise<void> => {
    inFlight -= ended.length;
    const waiting = Array.from({ length: Math.min(MOST_ASKED, concurrency - inFlight) }, () => ({
      id: randomUUID(),
      tokens,
    }));
    const settled = ended.map(({ id }) => id);
    number += 1;
    const question = {
      process,
      number,
      inFlight,
      limits,
      day: 'today',
      dayCount: 0,
      ended,
      settled,
      waiting,
      now,
    };
    const answer = await limiter.exchange(question);
    if (answer.kind !== 'granted') throw new Error('the count of the day was given');
    inFlight += answer.granted.length;
    for (const id of answer.granted) makeCall({ id, tokens, grantedAt: now });
    const isFull = answer.granted.length === waiting.length && inFlight < concurrency;
    const wakeAt = now + (isFull ? 1 : Math.ceil(answer.waitMs ?? 100));
    if (timerAt > now && timerAt <= wakeAt) return;
    timerAt = wakeAt;
    schedule(wakeAt, () => exchange(wakeAt, []));
  };
  const makeCall = (call: { id: string; tokens: number; grantedAt: number }): void => {
    const arrivesAt = call.grantedAt + NETWORK_MS;
    schedule(arrivesAt, async () => {
      const minute = results[Math.floor((arrivesAt - minuteStart(1)) / MINUTE_MS)];
      const isSpurious = spurious !== undefined && random() < spurious.rate;
      const admission = isSpurious
        ? {
            admitted: false as const,
            violated: ['requestsPerMinute'] as const,
            retryDelayMs: spurious.delayMs,
          }
        : quota.admit('model', usedTokens, arrivesAt);
      if (minute !== undefined) minute[admission.admitted ? 'answered' : 'refused'] += 1;
      const endsAt = arrivesAt + (admission.admitted ? latencyMs : REFUSAL_MS);
      schedule(endsAt, () =>
        exchange(endsAt, [
          admission.admitted
            ? { ...call, end: 'answered', usedTokens }
            : { ...call, end: 'refused', ...refusalOf(simulation, admission, quota.limits) },
        ]),
      );
    });
  };
  schedule(START_MS, () => exchange(START_MS, []));
}

function refusalOf(
  { saysDelay = true, saysQuota = false }: Simulation,
  { violated, retryDelayMs }: { violated: readonly (keyof QuotaLimits)[]; retryDelayMs: number },
  limits: QuotaLimits,
) {
  const meter = violated.includes('requestsPerMinute') ? ('requests' as const) : ('tokens' as const);
  const value = meter === 'requests' ? limits.requestsPerMinute : limits.inputTokensPerMinute;
  return {
    meter,
    delayMs: saysDelay ? retryDelayMs : 60_000,
    ...(saysQuota && value !== null ? { quota: value } : {}),
  };
}
