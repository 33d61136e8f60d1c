import type { ReportData } from '@retort/report';
import { describe, expect, it } from 'vitest';
import { GENERATOR_COLOUR_COUNT } from '../../../packages/report/src/charts/chart-theme.ts';
import { buildGeneratorKey } from '../../../packages/report/src/charts/generator-key.ts';
import { buildReportData, buildUnratedReportData } from '../build-report-data.ts';

function withGenerators(names: readonly (string | null)[]): ReportData {
  const data = buildReportData();
  const [prediction] = data.fit?.quality?.predictions ?? [];
  if (data.fit?.quality === undefined || prediction === undefined)
    throw new Error('The builder makes predictions.');
  data.fit = {
    quality: { ...data.fit.quality, predictions: names.map((generator) => ({ ...prediction, generator })) },
  };
  return data;
}

describe('buildGeneratorKey', () => {
  it('gives each generator its own colour, in the order of the names', () => {
    const key = buildGeneratorKey(withGenerators(['b', 'a', 'b']));
    expect(key.entries).toEqual([
      { name: 'a', colour: 'var(--g0)' },
      { name: 'b', colour: 'var(--g1)' },
    ]);
    expect(key.entryOf('b').colour).toBe('var(--g1)');
  });

  it('puts those beyond the last colour together, named as such', () => {
    const names = Array.from({ length: 14 }, (_, index) => `generator-${String.fromCharCode(97 + index)}`);
    const key = buildGeneratorKey(withGenerators(names));
    expect(key.entries).toHaveLength(GENERATOR_COLOUR_COUNT);
    expect(key.entryOf('generator-n')).toEqual(key.entries.at(-1));
    expect(key.entries.at(-1)?.name).toBe('other');
  });

  it('calls a missing generator unknown', () => {
    expect(buildGeneratorKey(withGenerators([null])).entryOf(null).name).toBe('unknown');
  });

  it('is empty for a run without fit', () => {
    expect(buildGeneratorKey(buildUnratedReportData()).entries).toEqual([]);
  });
});
