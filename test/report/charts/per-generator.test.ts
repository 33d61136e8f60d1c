import { describe, expect, it } from 'vitest';
import { renderPerGenerator } from '../../../packages/report/src/charts/per-generator.ts';
import { noMetric } from '../build-aspect-fit.ts';
import { buildReportData } from '../build-report-data.ts';

function buildFit() {
  const fit = buildReportData().fit?.quality;
  if (fit === undefined) throw new Error('The builder makes a fit of quality.');
  return fit;
}

const titlesOf = (svg: string) => [...svg.matchAll(/<title>([^<]*)<\/title>/g)].map(([, title]) => title);

describe('renderPerGenerator', () => {
  it('draws a dot a head and generator, with its figures as tooltip', async () => {
    const titles = titlesOf((await renderPerGenerator(buildFit(), 'a label')).text);
    expect(titles).toHaveLength(12);
    expect(titles).toContain('DALLE2, xlstm: SRCC 0.295 [-0.02, 0.60], n 9');
    expect(titles).toContain('DALLE2, kernel-ridge: SRCC 0.318 [0.01, 0.63], n 9');
  });

  it('leaves out a generator with too few images', async () => {
    const fit = buildFit();
    for (const head of [fit.heads.xlstm, fit.heads['kernel-ridge']]) {
      const [first] = head?.per_generator ?? [];
      if (first !== undefined) first.srcc = noMetric('2 rows; a correlation needs 3 or more');
    }
    const svg = (await renderPerGenerator(fit, 'a label')).text;
    expect(titlesOf(svg)).toHaveLength(10);
    expect(svg).not.toMatch(/AttnGAN|NaN/);
  });
});
