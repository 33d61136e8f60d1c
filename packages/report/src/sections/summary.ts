import { describeAnswers, describeSawLabel, describeSplit } from '../describe-run.ts';
import type { Metric } from '../fit-data.ts';
import { type FittedAspect, fittedAspects, scorerOf } from '../fitted-aspects.ts';
import { formatCount, formatInterval, formatMetric, formatUsd, formatValue } from '../format-figures.ts';
import { headName } from '../head-names.ts';
import { type HtmlValue, html, type Markup } from '../html.ts';
import { judgeHead } from '../judge-head.ts';
import type { ReportData } from '../report-data.ts';
import { metricMarks, type TrackMark, track } from './track.ts';

/** What a busy reader needs in twenty seconds. */
export function summaryBody(data: ReportData): HtmlValue {
  return [
    html`<p class="lead">${describeAnswers(data)} ${describeSawLabel(data)}</p>`,
    tiles(data),
    data.fit === null
      ? html`<p class="callout">No scorer was fitted: ${data.fit_skipped_reason}</p>`
      : html`<div class="headlines">${fittedAspects(data).map((fitted) => headline(data, fitted))}</div>`,
    data.run.skipped_aspects.map(
      ({ aspect, reason }) =>
        html`<p class="callout sentence"><b>${aspect}</b> isn’t in this run: ${reason}</p>`,
    ),
    deliverables(data),
  ];
}

function tiles({ run, counts }: ReportData): Markup {
  const entries: [string, string][] = [
    ['images', formatCount(counts.images)],
    ['conversations', formatCount(counts.conversations)],
    [run.recorded ? 'recordings replayed' : 'teacher calls', formatCount(counts.teacher_calls)],
    ['dead letters', formatCount(counts.dead_letters_total)],
    ['rows set aside', formatCount(counts.rejected_total)],
    ['cost', counts.cost_usd === null ? 'unknown' : formatUsd(counts.cost_usd)],
  ];
  return html`<ul class="tiles">${entries.map(([label, value]) => html`<li><b>${value}</b> ${label}</li>`)}</ul>`;
}

function headline(data: ReportData, { aspect, fit }: FittedAspect): Markup {
  const { name, metrics } = scorerOf(fit);
  const rows: [string, TrackMark['kind'], Metric][] = [
    ...fit.heads.map(({ title, role, metrics }): (typeof rows)[number] => [
      title,
      role === 'scorer' ? 'head' : 'reference',
      metrics.srcc,
    ]),
    ['Metadata floor', 'floor', fit.floor.metrics.srcc],
  ];
  const min = rows.some(([, , metric]) => (metric.low ?? metric.value ?? 0) < 0) ? -1 : 0;
  return html`<article class="headline">
<h3>${aspect}</h3>
<p class="big"><data value="${metrics.srcc.value}">${formatValue(metrics.srcc)}</data> <span>${formatInterval(metrics.srcc) ?? metrics.srcc.reason}<br>SRCC of ${headName(name).mention}</span></p>
<div class="bars">${rows.map(
    ([name, kind, metric]) =>
      html`<span class="name">${name}</span>${track(metricMarks(kind, metric), min, 1)}<span class="value">${formatValue(metric)}</span>`,
  )}<span class="ends" aria-hidden="true"><span>${min}</span><span>1</span></span></div>
<p>${judgeHead(fit)}</p>
<p class="fine">PLCC ${formatMetric(metrics.plcc_raw)} raw. Test rows, n ${metrics.n}, ${describeSplit(data)}. <a href="#results">Protocol and all figures</a></p>
</article>`;
}

function deliverables({ corpus, training_command: command }: ReportData): HtmlValue {
  return [
    corpus !== null &&
      html`<h3>Corpus</h3>
<p>${formatCount(corpus.rows)} rows as ${corpus.formats.join(', ')} in</p>
<pre><code>${corpus.path}</code></pre>`,
    command !== null &&
      html`<h3>Train the student on it</h3>
<pre><code>${command}</code></pre>`,
  ];
}
