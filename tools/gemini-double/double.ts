import type { AnswerBook } from './answer-book.ts';
import type { FaultRates } from './faults.ts';
import { createQuota, type Quota } from './quota.ts';
import type { Settings } from './settings.ts';
import { createStats, type Stats } from './stats.ts';

/** What every part of the double shares. */
export interface Double {
  readonly settings: Settings;
  /** As they are now: `PUT /control/faults` changes them. */
  faults: FaultRates;
  readonly quota: Quota;
  readonly stats: Stats;
  readonly answers: AnswerBook;
  /** Ms since 1970. */
  readonly now: () => number;
  /** A new one each time. */
  readonly nextId: () => string;
}

export interface DoubleOptions {
  readonly settings: Settings;
  readonly answers: AnswerBook;
  readonly now?: () => number;
}

export function createDouble({ settings, answers, now = Date.now }: DoubleOptions): Double {
  const { requestsPerMinute, inputTokensPerMinute, requestsPerDay, window } = settings;
  const born = now().toString(36);
  let ids = 0;
  return {
    settings,
    faults: settings.faults,
    quota: createQuota({ requestsPerMinute, inputTokensPerMinute, requestsPerDay }, window),
    stats: createStats(),
    answers,
    now,
    nextId() {
      ids += 1;
      return `${born}${ids.toString(36).padStart(6, '0')}`;
    },
  };
}
