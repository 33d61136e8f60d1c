import { describe, expect, it } from 'vitest';
import { buildGeneratorKey } from '../../../packages/report/src/charts/generator-key.ts';
import { renderScatter } from '../../../packages/report/src/charts/scatter.ts';
import { buildReportData } from '../build-report-data.ts';

const data = buildReportData();
const predictions = data.fit?.quality?.predictions ?? [];
const key = buildGeneratorKey(data);

/** Centres of the drawn points, in px, in their order. */
const pointsOf = (svg: string) =>
  [...svg.matchAll(/<path transform="translate\(([-\d.]+),([-\d.]+)\)"[^>]*><title>/g)].map(([, x, y]) => ({
    x: Number(x),
    y: Number(y),
  }));

describe('renderScatter', () => {
  it('draws a point an image, with its name and figures as tooltip', async () => {
    const svg = (await renderScatter(predictions, key, 'a label')).text;
    expect(pointsOf(svg)).toHaveLength(predictions.length);
    expect(svg).toContain('<title>AttnGAN_normal_000.jpg: MOS 0.400, predicted 0.720 [0.02, 1.42]</title>');
    expect(svg).toContain('aria-label="a label"');
  });

  it('has MOS to the right and predictions upwards, in the same unit', async () => {
    const [first] = predictions;
    if (first === undefined) throw new Error('The builder makes predictions.');
    const at = (mos: number, predicted_mos: number) => ({ ...first, mos, predicted_mos, low: 0, high: 5 });
    const svg = (await renderScatter([at(0, 0), at(5, 5), at(2.5, 0)], key, 'a label')).text;
    const [origin, corner, middle] = pointsOf(svg);
    expect(origin).toEqual({ x: 0, y: 350 });
    expect(corner).toEqual({ x: 350, y: 0 });
    expect(middle).toEqual({ x: 175, y: 350 });
  });

  it('widens the scale for a prediction beyond it instead of hiding it', async () => {
    const far = predictions.slice(0, 1).map((prediction) => ({ ...prediction, predicted_mos: -0.6 }));
    const [point] = pointsOf((await renderScatter(far, key, 'a label')).text);
    expect(point?.y).toBeLessThan(350);
  });

  it('draws a prediction without interval as a point alone', async () => {
    const bare = predictions.slice(0, 1).map((prediction) => ({ ...prediction, low: null, high: null }));
    const svg = (await renderScatter(bare, key, 'a label')).text;
    expect(svg).toContain('<title>AttnGAN_normal_000.jpg: MOS 0.400, predicted 0.720</title>');
    expect(svg).not.toContain('NaN');
  });

  it('takes its colours from the page and loads nothing', async () => {
    const svg = (await renderScatter(predictions, key, 'a label')).text;
    expect(svg).toContain('fill="var(--g0)"');
    expect(svg).not.toMatch(/https?:|href|#[0-9a-f]{6}/);
  });
});
