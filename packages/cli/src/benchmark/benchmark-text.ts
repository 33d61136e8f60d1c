import { ASPECTS } from '@retort/schema';
import type { BenchmarkDocument, BenchmarkMethod } from './document.ts';
import {
  interval,
  number,
  type PublishedResult,
  probability,
  publishedProtocols,
  resultLines,
  signed,
} from './results-table.ts';

type Finding = BenchmarkMethod['leaks']['unknown_names'];

/** `distill benchmark` for people. */
export function benchmarkText(
  document: BenchmarkDocument,
  dataset: string,
  published: readonly PublishedResult[],
  style: { readonly color: boolean },
): string {
  const aspects = ASPECTS.filter((aspect) => document.methods.some((one) => one.aspect === aspect));
  const sources = [...new Set(published.map(({ source }) => source))];
  return [
    `Fixed splits of ${dataset}: ${document.splits.note}.`,
    ...aspects.flatMap((aspect) => [
      '',
      `${aspect}`,
      ...resultLines(aspect, document, published, style),
      ...document.methods.filter((one) => one.aspect === aspect).flatMap(detailLines),
    ]),
    '',
    'Rows under different protocols, with a line between them, do not compare. Intervals: 95 % bootstrap over image prompts.',
    ...publishedProtocols(published).map((protocol, at) => `Published figures (${at + 1}): ${protocol}`),
    ...sources.map((source) => `Source of published figures: ${source}.`),
  ].join('\n');
}

function detailLines(one: BenchmarkMethod): string[] {
  const { figures, minus_floor: floor } = one;
  const { accuracy, rough_accuracy: rough } = figures.words;
  const seed = one.seed_names.length > 1 ? ` (seed ${one.representative_seed}, of the median SRCC)` : '';
  const line = (title: string, text: string): string => `  ${title.padEnd(24)}${text}`;
  const parts = (list: BenchmarkMethod['folds']): string =>
    list.map(({ name, srcc, n }) => `${name.replace(/^fold /, '')} ${number(srcc)} (${n})`).join(', ');
  return [
    '',
    `${one.method}: ${one.protocol}${seed}`,
    line(
      'minus floor, SRCC',
      `${signed(floor.srcc_difference)}${interval(floor.interval)}${probability(floor.p)}`,
    ),
    line('words', `right ${number(accuracy)}, at most one off ${number(rough)}`),
    line('SRCC by fixed fold', parts(one.folds)),
    line('SRCC by model', one.models_reason ?? parts(one.models)),
    ...one.minus_stored.map((stored) => line(`minus fit ${stored.run}`, storedText(stored))),
    ...leakLines(one).map((text, at) => line(at === 0 ? 'checks' : '', text)),
  ];
}

function storedText(stored: BenchmarkMethod['minus_stored'][number]): string {
  if (stored.refused !== null || stored.srcc === null)
    return `${stored.head}: ${stored.refused ?? 'no figure'}`;
  const { value, interval: bounds, p } = stored.srcc;
  const other = stored.same_protocol ? '' : `; another protocol: ${stored.protocol}`;
  return `${stored.head}, SRCC ${signed(value)}${interval(bounds)}${probability(p)}, n ${stored.n}${other}`;
}

function leakLines({ leaks, coverage, scale, stated_protocol: stated }: BenchmarkMethod): string[] {
  const { prompt_in_train: prompts, generator_in_train: generators } = leaks;
  const some = (found: Finding, text: string): string[] =>
    found.rows === 0
      ? []
      : [`${found.rows} ${text}: ${found.names.join(', ')}${found.rows > found.names.length ? ', …' : ''}`];
  return [
    ...(prompts === null ? ['leaks can’t be looked for: the file does not list what was trained on'] : []),
    ...(prompts?.rows === 0 ? ['no judged row’s image prompt was trained on'] : []),
    ...(prompts === null ? [] : some(prompts, 'judged rows whose image prompt was trained on')),
    ...(generators === null
      ? []
      : [`${generators.rows} judged rows of a model that was trained on, or of none that is known`]),
    ...(stated === null ? [] : [`the file says "${stated}"`]),
    ...some(leaks.contradictory_names, 'names with several predictions, left out'),
    ...some(leaks.repeated_names, 'names twice with the same prediction, kept once'),
    ...some(leaks.unknown_names, 'names that are not in the dataset'),
    ...some(leaks.without_rating, 'images without a MOS of this aspect'),
    `${(100 * coverage).toFixed(1)} % of the rated images are judged`,
    ...some(leaks.without_prediction, 'rated images without a prediction of every seed'),
    ...(scale.note === null ? [] : [scale.note]),
  ];
}
