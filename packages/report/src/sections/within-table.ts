import type { HeadResult, Metric } from '../fit-data.ts';
import { type FittedAspect, mainHeads, otherHeads, scorerOf } from '../fitted-aspects.ts';
import { formatNoun } from '../format-figures.ts';
import { type HtmlValue, html } from '../html.ts';
import type { ReportData } from '../report-data.ts';
import { countCell, metricCell } from './figures.ts';
import { protocolLine } from './protocol-box.ts';
import { tableFrame } from './section.ts';

interface WithinRow {
  readonly name: string;
  /** Groups that the figure is over. */
  readonly groups: number;
  readonly figures: readonly Metric[];
  /** More than the name has room for; of the first head. */
  readonly remark: string;
}

/** SRCC inside one generator setting, and inside one image prompt, at a time: what is left when neither helps any more. */
export function withinTable(data: ReportData, { aspect, fit }: FittedAspect): HtmlValue {
  const heads = [...mainHeads(fit), ...otherHeads(fit)];
  const rows = [...settingRows(heads), ...promptRows(heads)];
  if (rows.length === 0) return null;
  return tableFrame(html`<table>
<caption>${protocolLine(data, `${aspect}, SRCC within groups of images`, scorerOf(fit).metrics.n)}</caption>
<thead><tr><th>Within</th><th class="figure">groups</th>${heads.map(({ title }) => html`<th class="figure">${title}</th>`)}<th></th></tr></thead>
<tbody>${rows.map(
    ({ name, groups, figures, remark }) =>
      html`<tr><th>${name}</th>${countCell(groups)}${figures.map(metricCell)}<td class="fine">${remark}</td></tr>`,
  )}</tbody>
</table>`);
}

function settingRows(heads: readonly HeadResult[]): WithinRow[] {
  const within = heads.flatMap((head) => head.within_generator ?? []);
  const [first] = within;
  if (first === undefined || within.length < heads.length) return [];
  return [
    {
      name: 'A generator setting, mean',
      groups: first.n_settings,
      figures: within.map(({ srcc_mean }) => srcc_mean),
      remark: 'Every setting weighs the same.',
    },
    {
      name: 'A generator setting, worst',
      groups: first.n_settings,
      figures: within.map(({ srcc_worst }) => srcc_worst),
      remark: [...new Set(within.flatMap((one) => one.worst_generator_setting ?? []))].join('; '),
    },
  ];
}

function promptRows(heads: readonly HeadResult[]): WithinRow[] {
  const within = heads.flatMap((head) => head.within_prompt ?? []);
  const [first] = within;
  if (first === undefined || within.length < heads.length) return [];
  const { prompts, n_prompts, n_rows, min_rows } = first;
  return [
    {
      name: 'An image prompt, mean',
      groups: n_prompts,
      figures: within.map(({ srcc_mean }) => srcc_mean),
      remark: `${n_prompts} of ${formatNoun(prompts, 'image prompt')} have ${min_rows} test images or more that vary: ${formatNoun(n_rows, 'image')}.`,
    },
  ];
}
