import { existsSync } from 'node:fs';
import { UsageError } from './usage-error.ts';

/** One of `known`. @throws UsageError */
export function choice<T extends string>(flag: string, value: string, known: readonly T[]): T {
  const found = known.find((name) => name === value);
  if (found === undefined) throw new UsageError(`${flag} is one of ${known.join(', ')}, not "${value}".`);
  return found;
}

/** A whole number in a range. @throws UsageError */
export function wholeNumber(flag: string, text: string, min: number, max = Number.MAX_SAFE_INTEGER): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  const range = max === Number.MAX_SAFE_INTEGER ? `from ${min} up` : `from ${min} to ${max}`;
  throw new UsageError(`${flag} is a whole number ${range}, not "${text}".`);
}

/** An amount of US dollars, 0 included. @throws UsageError */
export function amount(flag: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return value;
  throw new UsageError(`${flag} is an amount in US dollars such as 2.50, not "${text}".`);
}

/** A path at which there is something. @throws UsageError */
export function existing(flag: string, path: string): string {
  if (existsSync(path)) return path;
  throw new UsageError(`${flag}: there is no ${path}.`);
}
