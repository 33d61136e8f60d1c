import type { ReportData } from '../report-data.ts';
import { GENERATOR_COLOUR_COUNT, generatorColour, OTHER_GENERATORS } from './chart-theme.ts';

/** A generator's name as charts and legend show it, and its colour. */
export interface GeneratorKeyEntry {
  readonly name: string;
  readonly colour: string;
}

/** What a sample without generator counts as. */
export const UNKNOWN_GENERATOR = 'unknown';

export interface GeneratorKey {
  readonly entries: readonly GeneratorKeyEntry[];
  /** Entry of a generator; those beyond the last colour share the entry `other`. */
  entryOf(generator: string | null): GeneratorKeyEntry;
}

/** One colour a generator for the whole page, in the order of their names, so that no aspect recolours them. */
export function buildGeneratorKey(data: ReportData): GeneratorKey {
  const names = Object.values(data.fit ?? {}).flatMap((fit) =>
    fit.predictions.map((prediction) => prediction.generator ?? UNKNOWN_GENERATOR),
  );
  const distinct = [...new Set(names)].sort();
  const fits = distinct.length <= GENERATOR_COLOUR_COUNT;
  const shown = fits ? distinct : [...distinct.slice(0, GENERATOR_COLOUR_COUNT - 1), OTHER_GENERATORS];
  const entries = shown.map((name, index) => ({ name, colour: generatorColour(index) }));
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  const other = { name: OTHER_GENERATORS, colour: generatorColour(GENERATOR_COLOUR_COUNT - 1) };
  return { entries, entryOf: (generator) => byName.get(generator ?? UNKNOWN_GENERATOR) ?? other };
}
