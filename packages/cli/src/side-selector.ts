import type { SideChoice } from '@retort/pipeline';
import { ASPECTS } from '@retort/schema';
import type { SideFilter, Store } from '@retort/store';
import { findRun } from './find-run.ts';
import { choice, wholeNumber } from './flag-values.ts';
import { UsageError } from './usage-error.ts';

/** A day, or a day and a time of it, UTC. */
const DATE = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?)?$/;

export const SIDE_HELP = `
A side is a run (its id, or the beginning of it), or of all stored answers those that fit name=value pairs joined by
commas: run, teacher, model, version (the model that answered), prompt, aspect, repeat, since, before (days, UTC).
The same question at two dates: ask again with "distill --repeat 1". What the figures mean: docs/compare.md.`;

type Reader = (value: string, store: Pick<Store, 'runs'>) => SideFilter;

/** What a selector can say, by name. */
const READERS: Readonly<Record<string, Reader>> = {
  run: (value, store) => ({ runId: findRun(store, value).id }),
  teacher: (teacher) => ({ teacher }),
  model: (model) => ({ model }),
  version: (modelVersion) => ({ modelVersion }),
  prompt: (promptId) => ({ promptId }),
  aspect: (value) => ({ aspect: choice('aspect', value, ASPECTS) }),
  repeat: (value) => ({ repeat: wholeNumber('repeat', value, 0) }),
  since: (value) => ({ since: date('since', value) }),
  before: (value) => ({ before: date('before', value) }),
};

/**
 * Reads a side of a comparison: a run's id or its beginning, or `name=value` pairs joined by commas.
 *
 * @throws UsageError with the names there are; RunNotFoundError
 */
export function parseSide(text: string, store: Pick<Store, 'runs'>): SideChoice {
  const selector = text.trim();
  if (selector !== '' && !/[=,]/.test(selector)) {
    const { id } = findRun(store, selector);
    return { selector: `run=${id}`, filter: { runId: id } };
  }
  const filter: Record<string, unknown> = {};
  for (const pair of selector.split(',')) Object.assign(filter, readPair(pair, store, filter));
  return { selector, filter };
}

function readPair(pair: string, store: Pick<Store, 'runs'>, known: object): SideFilter {
  const at = pair.indexOf('=');
  const [name, value] = [pair.slice(0, Math.max(at, 0)).trim(), pair.slice(at + 1).trim()];
  const reader = Object.hasOwn(READERS, name) ? READERS[name] : undefined;
  if (at < 1 || reader === undefined || value === '') {
    throw new UsageError(
      `A side is a run's id, or ${Object.keys(READERS).join(', ')} = value, joined by commas; "${pair}" is neither.`,
    );
  }
  const read = reader(value, store);
  if (Object.keys(read).some((member) => Object.hasOwn(known, member))) {
    throw new UsageError(`"${name}" stands twice in one side: a side is what all its parts say.`);
  }
  return read;
}

function date(name: string, value: string): string {
  if (DATE.test(value) && !Number.isNaN(Date.parse(value))) return value;
  throw new UsageError(`${name} is a day such as 2026-11-01, or 2026-11-01T12:00 (UTC), not "${value}".`);
}
