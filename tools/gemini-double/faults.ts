/**
 * What a call can run into, one line each. The names are this double's own; `docs/gemini-double.md` says which row of the
 * product's outcome table each of them is meant to exercise.
 */
export const FAULTS = {
  malformed: '200, STOP, a text that is no answer: empty, JSON debris, punctuation',
  truncated: '200, MAX_TOKENS, half of the text',
  blocked: '200, a finishReason such as SAFETY, promptFeedback.blockReason, or no candidates',
  'rate-limited': '429 with QuotaFailure PerMinute and RetryInfo (--retry-delay-ms)',
  'rate-limited-silent': '429 with QuotaFailure PerMinute and no delay',
  'rate-limited-header': '429 of a proxy: HTML and a Retry-After header',
  'quota-day': '429 with QuotaFailure PerDay and a short RetryInfo',
  credits: '402 RESOURCE_EXHAUSTED',
  invalid: '400 INVALID_ARGUMENT',
  'too-large': '413 in HTML',
  'bad-key': '400 API_KEY_INVALID',
  denied: '401 or 403',
  'no-such-model': '404',
  unavailable: '500, 502, 503 or 504, the 502 in HTML',
  disconnect: 'the connection is reset before any byte',
  'half-answer': 'the connection is reset in the middle of the body',
  silence: 'no byte, ever: until the client goes',
  drip: 'the right answer in small pieces, over --drip-ms',
  'wrong-type': 'the right answer as text/html',
  html: "200 with a proxy's HTML page",
  huge: 'the right answer with a text of --huge-bytes',
  'deep-json': '200 with 100,000 brackets inside each other',
  'invalid-utf8': 'the right answer with bytes that are no UTF-8 in its text',
  'nul-bytes': 'the right answer with NUL characters in its text',
} as const;

export type Fault = keyof typeof FAULTS;
export type FaultRates = Readonly<Partial<Record<Fault, number>>>;

// Object.keys loses the names; the object above is the only source of them.
export const FAULT_NAMES = Object.keys(FAULTS) as readonly Fault[];

/** How one call ends: `plain` is the recorded answer. */
export type Ending = Fault | 'plain';

/** The ending at `draw`, evenly drawn from [0, 1): each fault takes as much of that line as its rate. */
export function chooseEnding(rates: FaultRates, draw: number): Ending {
  let edge = 0;
  for (const name of FAULT_NAMES) {
    edge += rates[name] ?? 0;
    if (draw < edge) return name;
  }
  return 'plain';
}
