import { renderLearningCurves } from '../charts/learning-curves.ts';
import { describeSplit } from '../describe-run.ts';
import { fittedAspects } from '../fitted-aspects.ts';
import { formatFixed } from '../format-figures.ts';
import { type HtmlValue, html, type Markup } from '../html.ts';
import type { ReportData } from '../report-data.ts';

/** How each head learned; the fit's own view of itself, so on train and val, never on test. */
export async function learningCurvesBody(data: ReportData): Promise<HtmlValue> {
  const figures: Markup[] = [];
  for (const { aspect, fit } of fittedAspects(data)) {
    if (fit.history.length === 0) continue;
    const drawing = await renderLearningCurves(
      fit,
      `${aspect}: train loss and validation SRCC of each epoch`,
    );
    const best = fit.history.find((row) => row.epoch === fit.best_epoch);
    const kept =
      best === undefined
        ? ''
        : ` Epoch ${best.epoch} of ${fit.history.length} was kept${best.val_srcc === null ? '' : `, val SRCC ${formatFixed(best.val_srcc, 3)}`}.`;
    figures.push(
      html`<figure>${drawing}<figcaption class="sentence"><b>${aspect}</b>.${kept}${fit.history_note !== undefined && ` ${fit.history_note}`}</figcaption></figure>`,
    );
  }
  if (figures.length === 0) return html`<p>This run kept no history of its fit.</p>`;
  return html`<p class="sentence">${describeSplit(data)}. Val chose the epoch, so its SRCC flatters: results are on test.</p>
<div class="charts">${figures}</div>`;
}
