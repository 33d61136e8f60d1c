import { capServiceWaitMs } from '../http/max-service-wait.ts';

/** Google's duration, `36s` or `0.25s`, in ms, at most a day; null when it is none. */
export function parseDurationMs(duration: string): number | null {
  const seconds = /^(\d+(?:\.\d+)?)s$/.exec(duration)?.[1];
  return seconds === undefined ? null : capServiceWaitMs(Number(seconds) * 1000);
}
