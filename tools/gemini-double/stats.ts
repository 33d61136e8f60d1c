import { hash } from 'node:crypto';
import type { TokenCounts } from './google-errors.ts';

/** A call that has arrived. */
export interface ArrivedCall {
  /**
   * Says how it ended, once; later words count nothing. `status` null: no complete answer went out. `usage`: tokens that the
   * answer named.
   */
  end(outcome: string, status: number | null, usage?: TokenCounts): void;
}

interface MinuteCounts {
  calls: number;
  answered: number;
  quota_refused: number;
}

export interface Stats {
  arrive(key: string | null, model: string, nowMs: number): ArrivedCall;
  /** Counts a batch job and, as they are answered, its rows. */
  batchCreated(): void;
  batchRow(): void;
  /** Counts this asking of one request: 1 the first time. */
  turnOf(request: string): number;
  /** An answer that can be kept went out for it. */
  answered(request: string): void;
  report(): object;
  reset(): void;
}

/** Minutes kept for `per_minute`. */
const MINUTES_KEPT = 24 * 60;

/** Counts what really arrived, for tests and benchmarks to hold a client to. */
export function createStats(): Stats {
  let counts = emptyCounts();
  return {
    arrive(key, model, nowMs) {
      const now = counts;
      now.calls += 1;
      now.inFlight += 1;
      now.mostInFlight = Math.max(now.mostInFlight, now.inFlight);
      increment(now.byKey, nameOfKey(key));
      increment(now.byModel, model);
      const minute = minuteOf(now, nowMs);
      minute.calls += 1;
      let open = true;
      return {
        end(outcome, status, usage) {
          if (!open) return;
          open = false;
          now.inFlight -= 1;
          now.inputTokens += usage?.input ?? 0;
          now.outputTokens += usage?.output ?? 0;
          increment(now.byOutcome, outcome);
          increment(now.byStatus, String(status ?? 'none'));
          if (outcome === 'plain' || outcome === 'drip') minute.answered += 1;
          if (outcome.startsWith('quota:')) minute.quota_refused += 1;
        },
      };
    },
    batchCreated() {
      counts.batchJobs += 1;
    },
    batchRow() {
      counts.batchRows += 1;
    },
    turnOf(request) {
      const turn = (counts.turns.get(request) ?? 0) + 1;
      counts.turns.set(request, turn);
      return turn;
    },
    answered(request) {
      increment(counts.answers, request);
    },
    report: () => reportOf(counts),
    reset() {
      counts = emptyCounts();
    },
  };
}

/** A key is shown as the beginning of its SHA-256: somebody may try this with a real one. */
export function nameOfKey(key: string | null): string {
  return key === null ? 'none' : `sha256:${hash('sha256', key).slice(0, 12)}`;
}

function emptyCounts() {
  return {
    calls: 0,
    inFlight: 0,
    mostInFlight: 0,
    inputTokens: 0,
    outputTokens: 0,
    batchJobs: 0,
    batchRows: 0,
    byKey: new Map<string, number>(),
    byModel: new Map<string, number>(),
    byOutcome: new Map<string, number>(),
    byStatus: new Map<string, number>(),
    perMinute: new Map<number, MinuteCounts>(),
    turns: new Map<string, number>(),
    answers: new Map<string, number>(),
  };
}

function increment(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function minuteOf({ perMinute }: ReturnType<typeof emptyCounts>, nowMs: number): MinuteCounts {
  const number = Math.floor(nowMs / 60_000);
  const minute = perMinute.get(number) ?? { calls: 0, answered: 0, quota_refused: 0 };
  perMinute.set(number, minute);
  const [oldest] = perMinute.keys();
  if (perMinute.size > MINUTES_KEPT && oldest !== undefined) perMinute.delete(oldest);
  return minute;
}

function reportOf(counts: ReturnType<typeof emptyCounts>): object {
  return {
    calls: counts.calls,
    in_flight: counts.inFlight,
    most_in_flight: counts.mostInFlight,
    input_tokens: counts.inputTokens,
    output_tokens: counts.outputTokens,
    batch_jobs: counts.batchJobs,
    batch_rows: counts.batchRows,
    distinct_requests: counts.turns.size,
    distinct_answered: counts.answers.size,
    answered_again: [...counts.answers.values()].reduce((sum, times) => sum + times - 1, 0),
    by_key: Object.fromEntries(counts.byKey),
    by_model: Object.fromEntries(counts.byModel),
    by_outcome: Object.fromEntries(counts.byOutcome),
    by_status: Object.fromEntries(counts.byStatus),
    per_minute: [...counts.perMinute].map(([minute, each]) => ({
      minute_at: new Date(minute * 60_000).toISOString(),
      ...each,
    })),
  };
}
