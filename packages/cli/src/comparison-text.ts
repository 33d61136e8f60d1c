import type { AspectComparison, ComparedSide, ComparisonData } from '@retort/report';
import { type TableColumn, tableLines } from './terminal/table.ts';

type Estimate = AspectComparison['agreement']['rouge_l'];

const SIDES: readonly TableColumn[] = [
  { title: '' },
  { title: 'A', align: 'right' },
  { title: 'B', align: 'right' },
  { title: 'B - A  [95 %]', align: 'right' },
];

/** Words named a side on a terminal. */
const NAMED_WORDS = 8;

/** `distill compare` for people. */
export function describeComparison(data: ComparisonData, { color }: { readonly color: boolean }): string {
  const { common } = data;
  const identical =
    common.identical === 0 ? '' : `, ${common.identical} more are the same answer and left out`;
  const table = (rows: readonly (readonly string[])[]): string[] => tableLines(SIDES, rows, { color });
  return [
    ...sideLines('A', data.a),
    ...sideLines('B', data.b),
    `in common  ${common.answered} answered by both, of ${common.asked} rows (image and aspect) on ${counted(common.images, 'image')}${identical}`,
    '',
    ...table([...outcomeRows(data), ...costRows(data)]),
    ...data.aspects.flatMap((aspect) => [
      '',
      ...aspectLines(aspect),
      ...table(aspectRows(aspect)),
      ...wordLines(aspect),
    ]),
    '',
    'Intervals: 95 % bootstrap over image prompts. "words predict MOS": ridge on the words of the text, image prompts held out.',
  ].join('\n');
}

function sideLines(name: string, side: ComparedSide): string[] {
  const dates =
    side.first_at === null
      ? 'no answer in common'
      : `${side.first_at.slice(0, 16)} to ${(side.last_at ?? '').slice(0, 16)}`;
  const saw = {
    all: ', written with the MOS in sight',
    some: ', partly written with the MOS in sight',
    none: '',
  };
  return [
    `${name}  ${side.selector}: ${side.answered} of ${side.requests} requests answered`,
    `   ${side.models.join(', ') || '-'}; ${side.prompts.join(', ') || '-'}; ${dates}${saw[side.saw_label]}`,
  ];
}

function outcomeRows({ outcomes, refusals }: ComparisonData): string[][] {
  return [
    ...outcomes.map(({ outcome, a, b }) => [outcome, String(a), String(b), '']),
    ['answers that refuse in words', String(refusals.a), String(refusals.b), ''],
  ];
}

function costRows({ a, b }: ComparisonData): string[][] {
  const row = (title: string, of: (side: ComparedSide) => string): string[] => [title, of(a), of(b), ''];
  const whole = (value: number | null): string => number(value, 0);
  return [
    row('calls for the answers in common', ({ calls }) => String(calls)),
    row('USD an answer', ({ usd_per_answer: usd }) => (usd === null ? 'unknown' : `$${usd.toFixed(6)}`)),
    row(
      'tokens in / out / thinking an answer',
      (side) =>
        `${whole(side.input_tokens_per_answer)} / ${whole(side.output_tokens_per_answer)} / ${whole(side.thinking_tokens_per_answer)}`,
    ),
    row('latency median [p10, p90], s', ({ latency_ms: { median, p10, p90 } }) =>
      median === null ? '-' : `${seconds(median)} [${seconds(p10)}, ${seconds(p90)}]`,
    ),
  ];
}

function aspectLines({
  aspect,
  pairs,
  image_prompts: prompts,
  agreement,
  saw_label: saw,
}: AspectComparison): string[] {
  const { rouge_l: rouge, jaccard, chance, same } = agreement;
  const seen = [saw.a ? 'A' : '', saw.b ? 'B' : ''].filter((side) => side !== '').join(' and ');
  return [
    `${aspect}: ${counted(pairs, 'image')}, ${counted(prompts, 'image prompt')}`,
    `  ROUGE-L F1 ${estimate(rouge, 3)}, by chance ${number(chance.rouge_l, 3)}; shared words (Jaccard) ${estimate(jaccard, 3)}, by chance ${number(chance.jaccard, 3)}; the same text ${same}`,
    ...(seen === '' ? [] : [`  ${seen} saw the MOS: what its words say of it is no prediction`]),
  ];
}

function aspectRows({ lengths, labels, mos }: AspectComparison): string[][] {
  const spread = ({ median, p10, p90 }: AspectComparison['lengths'][number]['a']): string =>
    `${number(median, 0)} [${number(p10, 0)}, ${number(p90, 0)}]`;
  const share = ({ right, answers }: AspectComparison['labels']['a']): string => `${right} of ${answers}`;
  return [
    ...lengths.map(({ unit, a, b, difference }) => [
      `${unit}, median [p10, p90]`,
      spread(a),
      spread(b),
      estimate(difference, 1),
    ]),
    ['one label word, and the right one', share(labels.a), share(labels.b), estimate(labels.difference, 3)],
    ...(mos.kind === 'not-fitted'
      ? [[`words predict MOS: not fitted, ${mos.reason}`, '', '', '']]
      : [
          [
            'words predict MOS, SRCC',
            estimate(mos.a.srcc, 3),
            estimate(mos.b.srcc, 3),
            estimate(mos.difference.srcc, 3),
          ],
          [
            `… word label right (floor ${number(mos.floor_accuracy, 2)}), n ${mos.rows}`,
            estimate(mos.a.accuracy, 3),
            estimate(mos.b.accuracy, 3),
            estimate(mos.difference.accuracy, 3),
          ],
        ]),
  ];
}

function wordLines({ words }: AspectComparison): string[] {
  const named = (side: AspectComparison['words']['a']): string =>
    side
      .slice(0, NAMED_WORDS)
      .map(({ word, z }) => `${word} (${Math.abs(z).toFixed(1)})`)
      .join(', ') || 'none';
  return [`  words of A  ${named(words.a)}`, `  words of B  ${named(words.b)}`];
}

function estimate({ value, low, high }: Estimate, digits: number): string {
  if (value === null || low === null || high === null) return number(value, digits);
  return `${number(value, digits)} [${number(low, digits)}, ${number(high, digits)}]`;
}

function number(value: number | null, digits: number): string {
  if (value === null) return '-';
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace('-', '') : text;
}

function counted(value: number, noun: string): string {
  return `${value} ${noun}${value === 1 ? '' : 's'}`;
}

function seconds(ms: number | null): string {
  return ms === null ? '-' : (ms / 1000).toFixed(1);
}
