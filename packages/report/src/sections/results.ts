import type { GeneratorKey } from '../charts/generator-key.ts';
import { headColour, renderPerGenerator } from '../charts/per-generator.ts';
import { renderScatter } from '../charts/scatter.ts';
import type { AspectFit, Metric } from '../fit-data.ts';
import { type FittedAspect, fittedAspects, mainHeads, scorerOf } from '../fitted-aspects.ts';
import { formatFixed, formatInterval, formatNoun, formatValue } from '../format-figures.ts';
import { headName } from '../head-names.ts';
import { type HtmlValue, html, type Markup } from '../html.ts';
import type { ReportData } from '../report-data.ts';
import { generatorTable } from './generator-table.ts';
import { metricsTable } from './metrics-table.ts';
import { protocolBox, protocolLine } from './protocol-box.ts';
import { tableFrame } from './section.ts';
import { seedsTable } from './seeds-table.ts';
import { withinTable } from './within-table.ts';
import { wordsTable } from './words-table.ts';

/** Every figure on test, under the protocol that made it; or why there are none. */
export async function resultsBody(data: ReportData, key: GeneratorKey): Promise<HtmlValue> {
  if (data.fit === null) return html`<p class="callout">No scorer was fitted: ${data.fit_skipped_reason}</p>`;
  const blocks: Markup[] = [];
  for (const fitted of fittedAspects(data)) blocks.push(await aspectBlock(data, fitted, key));
  return [protocolBox(data), blocks];
}

async function aspectBlock(data: ReportData, fitted: FittedAspect, key: GeneratorKey): Promise<Markup> {
  const { aspect, fit } = fitted;
  const caption = protocolLine(data, aspect, scorerOf(fit).metrics.n);
  return html`<h3>${aspect}</h3>
${fit.notes.length > 0 && html`<ul class="notes">${fit.notes.map((note) => html`<li class="sentence">${note}</li>`)}</ul>`}
${tableFrame(metricsTable(fit, caption))}
${floorLine(fit)}
${seedsTable(data, fitted)}
${wordsTable(data, fitted)}
<div class="charts">
${await scatterFigure(fitted, key)}
${await perGeneratorFigure(fitted)}
</div>
${scorerOf(fit).per_generator.length > 0 && tableFrame(generatorTable(data, fitted))}
${withinTable(data, fitted)}`;
}

/** How far the scorer is above the floor, and what the floor comes to on all rated rows: the figures that the audit names. */
function floorLine(fit: AspectFit): HtmlValue {
  const { all_rows: all, head_minus_floor: ahead } = fit.floor;
  const shown = (metric: Metric, digits = 2) => {
    const interval = formatInterval(metric, digits);
    return html`<data value="${metric.value}">${formatValue(metric)}</data>${interval !== null && ` ${interval}`}`;
  };
  const difference =
    ahead === undefined || ahead.srcc.value === null
      ? null
      : html`${scorerOf(fit).title} minus metadata floor, paired on the same test rows: SRCC ${shown(ahead.srcc, 3)}${ahead.p !== null && `, two-sided p ${formatFixed(ahead.p, 3)}`}. `;
  const onAll =
    all === undefined || all.srcc.value === null
      ? null
      : html`The metadata floor on all ${formatNoun(all.n, 'rated row')}, as the audit has it: SRCC ${shown(all.srcc)}, PLCC ${shown(all.plcc_raw)} raw, words right ${shown(all.accuracy)}, at most one off ${shown(all.rough_accuracy)}.`;
  return difference === null && onAll === null ? null : html`<p class="fine">${difference}${onAll}</p>`;
}

async function scatterFigure({ aspect, fit }: FittedAspect, key: GeneratorKey): Promise<Markup> {
  const test = fit.predictions.filter((prediction) => prediction.split === 'test');
  const label = `${aspect}: predicted against rated MOS of ${test.length} test images`;
  return html`<figure>${await renderScatter(test, key, label)}
<figcaption>${legend(key)} Each point is a test image (n ${test.length}) as ${headName(scorerOf(fit).name).mention} sees it, with its prediction interval; on the dashed line prediction and MOS agree.</figcaption></figure>`;
}

async function perGeneratorFigure({ aspect, fit }: FittedAspect): Promise<Markup | null> {
  if (scorerOf(fit).per_generator.every((row) => row.srcc.value === null)) return null;
  const heads = mainHeads(fit);
  const label = `${aspect}: SRCC of ${heads.map(({ title }) => title).join(' and ')} on each generator`;
  return html`<figure>${await renderPerGenerator(heads, label)}
<figcaption>${heads.map(({ title }, index) => html`<span class="key"><i class="dot" style="background:${headColour(index)}"></i>${title}</span> `)}SRCC on each generator’s test images. Each stands on few images (n in the table below), so small differences mean nothing.</figcaption></figure>`;
}

function legend(key: GeneratorKey): Markup {
  return html`<span class="keys">${key.entries.map(
    (entry) =>
      html`<span class="key"><i class="dot" style="background:${entry.colour}"></i>${entry.name}</span> `,
  )}</span>`;
}
