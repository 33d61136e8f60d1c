import { describe, expect, it } from 'vitest';
import { renderPerGenerator } from '../../../packages/report/src/charts/per-generator.ts';
import { mainHeads } from '../../../packages/report/src/fitted-aspects.ts';
import { noMetric } from '../build-aspect-fit.ts';
import { buildReportData } from '../build-report-data.ts';

function buildHeads() {
  const fit = buildReportData().fit?.quality;
  if (fit === undefined) throw new Error('The builder makes a fit of quality.');
  return mainHeads(fit);
}

const titlesOf = (svg: string) => [...svg.matchAll(/<title>([^<]*)<\/title>/g)].map(([, title]) => title);

describe('renderPerGenerator', () => {
  it('draws a dot a head and generator, with its figures as tooltip', async () => {
    const titles = titlesOf((await renderPerGenerator(buildHeads(), 'a label')).text);
    expect(titles).toHaveLength(12);
    expect(titles).toContain('DALLE2, Scorer: SRCC 0.295 [-0.02, 0.60], n 9');
    expect(titles).toContain('DALLE2, Kernel ridge: SRCC 0.318 [0.01, 0.63], n 9');
  });

  it('leaves out a generator with too few images', async () => {
    const heads = buildHeads();
    for (const head of heads) {
      const [first] = head.per_generator;
      if (first !== undefined) first.srcc = noMetric('2 rows; a correlation needs 3 or more');
    }
    const svg = (await renderPerGenerator(heads, 'a label')).text;
    expect(titlesOf(svg)).toHaveLength(10);
    expect(svg).not.toMatch(/AttnGAN|NaN/);
  });
});
