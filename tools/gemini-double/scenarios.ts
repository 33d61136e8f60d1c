import type { Settings } from './settings.ts';

export interface Scenario {
  readonly about: string;
  readonly settings: Partial<Settings>;
}

/** Latencies, limits and rates here are made up to exercise clients; nobody measured Google for them. */
export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  instant: { about: 'answers at once, never fails, no limits: the bare wire', settings: {} },
  steady: { about: '200 ms, always; never fails, no limits', settings: { latencyMs: 200 } },
  realistic: {
    about: 'log-normal around 2.5 s, 1,000 requests/min, now and then something fails',
    settings: {
      latencyMs: 2_500,
      latencySigma: 0.5,
      requestsPerMinute: 1_000,
      inputTokensPerMinute: 4_000_000,
      requestsPerDay: 50_000,
      faults: {
        unavailable: 0.01,
        blocked: 0.005,
        truncated: 0.003,
        malformed: 0.003,
        disconnect: 0.002,
        drip: 0.002,
      },
    },
  },
  'free-tier': {
    about: '10 requests and 250,000 input tokens a minute, 250 requests a day',
    settings: {
      latencyMs: 1_500,
      latencySigma: 0.4,
      requestsPerMinute: 10,
      inputTokensPerMinute: 250_000,
      requestsPerDay: 250,
    },
  },
  limited: { about: '200 ms, 600 requests/min', settings: { latencyMs: 200, requestsPerMinute: 600 } },
  'day-quota': {
    about: '100 requests a day, then nothing',
    settings: { latencyMs: 50, requestsPerDay: 100 },
  },
  mixed: {
    about: '3 % each of malformed, truncated, rate-limited, unavailable, disconnect, blocked, invalid',
    settings: {
      latencyMs: 50,
      latencySigma: 0.5,
      retryDelayMs: 500,
      faults: {
        malformed: 0.03,
        truncated: 0.03,
        'rate-limited': 0.03,
        unavailable: 0.03,
        disconnect: 0.03,
        blocked: 0.03,
        invalid: 0.03,
      },
    },
  },
  'bad-network': {
    about: 'resets, half answers, silence, drips, pages of a proxy: 5 % each',
    settings: {
      latencyMs: 100,
      latencySigma: 0.8,
      faults: {
        disconnect: 0.05,
        'half-answer': 0.05,
        silence: 0.05,
        drip: 0.05,
        html: 0.05,
        'rate-limited-header': 0.05,
      },
    },
  },
  'strange-bodies': {
    about: 'bodies that hurt parsers: huge, deep, no UTF-8, NUL, wrong type: 10 % each',
    settings: {
      faults: {
        huge: 0.1,
        'deep-json': 0.1,
        'invalid-utf8': 0.1,
        'nul-bytes': 0.1,
        'wrong-type': 0.1,
        html: 0.1,
      },
    },
  },
  down: { about: 'every call is a 500, 502, 503 or 504', settings: { faults: { unavailable: 1 } } },
  'bad-key': { about: 'every key is refused', settings: { faults: { 'bad-key': 1 } } },
  'no-credits': { about: 'every call is a 402', settings: { faults: { credits: 1 } } },
};
