import type { Random } from './random.ts';

/** A log-normal distribution. */
export interface Latency {
  /** Half of all calls take no longer; 0 answers at once. */
  readonly medianMs: number;
  /** Standard deviation of the logarithm: 0 is always the median; with 0.5 the 95th percentile is 2.3 medians. */
  readonly sigma: number;
}

/** How long one call takes, in ms. Draws twice. */
export function drawLatencyMs({ medianMs, sigma }: Latency, random: Random): number {
  if (medianMs === 0 || sigma === 0) return medianMs;
  return medianMs * Math.exp(sigma * drawNormal(random));
}

/** Box and Muller 1958; the first draw is turned round because its logarithm has no 0. */
function drawNormal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
