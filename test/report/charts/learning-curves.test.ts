import { describe, expect, it } from 'vitest';
import { renderLearningCurves } from '../../../packages/report/src/charts/learning-curves.ts';
import { buildReportData } from '../build-report-data.ts';

const fit = buildReportData().fit?.quality;
if (fit === undefined) throw new Error('The builder makes a fit of quality.');

const markCount = (svg: string, kind: string) =>
  [...svg.matchAll(new RegExp(`<g class="mark-${kind} role-mark[^>]*[^/]>(.*?)</g>`, 'gs'))]
    .map(([, marks = '']) => marks.split(/<(?:path|line)/).length - 1)
    .reduce((sum, count) => sum + count, 0);

describe('renderLearningCurves', () => {
  it('draws loss and validation SRCC, and marks the kept epoch in both', async () => {
    const svg = (await renderLearningCurves(fit, 'a label')).text;
    expect(markCount(svg, 'line')).toBe(2);
    expect(markCount(svg, 'rule')).toBe(2);
    expect(markCount(svg, 'symbol')).toBe(2);
    expect(svg).toContain('>Train loss<');
    expect(svg).toContain('>Validation SRCC<');
  });

  it('marks no epoch where none was kept', async () => {
    const svg = (await renderLearningCurves({ ...fit, best_epoch: null }, 'a label')).text;
    expect(markCount(svg, 'rule')).toBe(0);
    expect(markCount(svg, 'symbol')).toBe(0);
  });

  it('copes with one epoch and with an epoch without validation', async () => {
    const history = [{ epoch: 1, train_loss: 1.5, val_srcc: null }];
    const svg = (await renderLearningCurves({ ...fit, history, best_epoch: 1 }, 'a label')).text;
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });
});
