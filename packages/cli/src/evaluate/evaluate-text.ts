import { interval, number, probability, resultLines, signed } from '../benchmark/results-table.ts';
import type { EvaluatedAspect, Evaluation } from './document.ts';

type Method = EvaluatedAspect['methods'][number];

/** Characters of the longest title of a line, and two. */
const TITLE_WIDTH = 38;

export interface Evaluated {
  readonly evaluation: Evaluation;
  readonly checkpoint: string;
  readonly dataset: string;
  readonly images: number;
}

/** `distill evaluate` for people. */
export function evaluateText(
  { evaluation, ...about }: Evaluated,
  style: { readonly color: boolean },
): string {
  const { aspects, folds, only_in_checkpoint: untested, only_in_dataset: unknown } = evaluation;
  return [
    `Checkpoint ${about.checkpoint}, encoder ${evaluation.encoder}: ${trainedText(evaluation)}`,
    `Dataset ${about.dataset}: ${about.images} images, MOS mapped to 0 to 5.`,
    ...(folds === null ? [] : [foldsText(folds)]),
    ...untested.map((aspect) => `${aspect}: the dataset has no ratings of it.`),
    ...unknown.map((aspect) => `${aspect}: the checkpoint doesn't predict it.`),
    ...aspects.flatMap((one) => ['', one.aspect, ...aspectLines(one, style)]),
    '',
    'Rows under different protocols, with a line between them, do not compare. Intervals: 95 % bootstrap over image prompts.',
  ].join('\n');
}

function trainedText({ trained_on: seen, refit, protocol_note: note }: Evaluation): string {
  if (seen === null) return 'what it was trained on is not known.';
  const generators = seen.generators.length === 0 ? '' : `, of ${seen.generators.join(', ')}`;
  const which = refit === null ? 'val rows among them' : 'test rows among them';
  return [
    `trained on ${seen.images} images of ${seen.image_prompts} image prompts, ${which}${generators}.`,
    ...(note === null ? [] : [`${note}.`]),
  ].join(' ');
}

function foldsText({ count, seed }: NonNullable<Evaluation['folds']>): string {
  return `Trained predictor: the checkpoint's encoder and config, heads trained on ${count - 1} of ${count} folds by image prompt (seed ${seed}), each row predicted once by the one that didn't see its prompt.`;
}

function aspectLines(one: EvaluatedAspect, style: { readonly color: boolean }): string[] {
  return [
    protocolText(one),
    ...one.notes,
    ...resultLines(one.aspect, { methods: one.methods, stored: [] }, [], style),
    '',
    ...differenceLines(one),
    // Of rows that were trained on the table is enough, where there are others.
    ...one.methods.filter((method) => method.n === one.n || one.n === 0).flatMap(methodLines),
    ...coverageLines(one),
  ];
}

/** On which rows the checkpoint is judged, and what was left out. */
function protocolText({ rated, n, shared }: EvaluatedAspect): string {
  if (shared === null) return `Protocol: all ${rated} rated rows; shared rows can't be looked for.`;
  const { image_prompts: prompts, images, new_of_seen_generators: generators } = shared;
  const left =
    rated === n
      ? 'none is left out'
      : `${rated - n} are left out: ${prompts.rows} share an image prompt, ${images.rows} the image (such as ${prompts.names[0] ?? images.names[0]})`;
  return `Protocol: rows whose image and image prompt the checkpoint wasn't trained on, ${n} of ${rated}; ${left}. ${generators.rows} of the ${n} are of a generator that was trained on, or of none that is known.`;
}

function differenceLines({ difference }: EvaluatedAspect): string[] {
  if (difference === null) return [];
  const { srcc_difference: srcc, plcc_difference: plcc } = difference;
  const parts = [
    `SRCC ${signed(srcc)}${interval(difference.interval)}${probability(difference.p)}`,
    `PLCC ${signed(plcc)}${interval(difference.plcc_interval)}${probability(difference.plcc_p)}`,
  ];
  return [line('trained predictor minus checkpoint', parts.join('; '))];
}

function methodLines({ method, minus_floor: floor, figures, scale }: Method): string[] {
  const { accuracy, rough_accuracy: rough } = figures.words;
  return [
    line(
      `${method} minus floor`,
      floor.srcc_difference === null
        ? 'no floor'
        : `SRCC ${signed(floor.srcc_difference)}${interval(floor.interval)}${probability(floor.p)}`,
    ),
    line(`${method}, words`, `right ${number(accuracy)}, at most one off ${number(rough)}`),
    ...(scale.note === null ? [] : [line(method, scale.note)]),
  ];
}

function coverageLines({ coverage }: EvaluatedAspect): string[] {
  if (coverage === null) return [];
  const { expected, found, half_width: width, n } = coverage;
  return [
    line(
      'prediction intervals',
      `± ${number(width)} hold ${percent(found)} of ${n} MOS; calibrated for ${percent(expected)} on the checkpoint's own val rows`,
    ),
  ];
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function line(title: string, text: string): string {
  return `  ${title.padEnd(TITLE_WIDTH)}${text}`;
}
