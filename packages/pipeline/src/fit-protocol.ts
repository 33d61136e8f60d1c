import { describeMembers, FIRST_SCORER, headName, type ReportData } from '@retort/report';
import type { Aspect } from '@retort/schema';
import type { FitMetrics } from '@retort/scorer';
import type { EncoderRevisions } from './scorer-inputs.ts';

type FitProtocol = NonNullable<ReportData['fit_protocol']>;

/** Networks of the embedded encoders; an encoder that isn't among them is called by its name. */
const NETWORKS: Readonly<Record<string, string>> = {
  embedded: 'EfficientNet-Lite2',
  'embedded-best': 'EfficientNet-Lite2 and Lite1',
  tuned: 'EfficientNet-Lite2 with its last stages tuned on train rows beside the untuned',
};

/** What stands above every table of results: features, heads and intervals, from the training run's own config. */
export function fitProtocol(metrics: FitMetrics, encoder: string, revisions: EncoderRevisions): FitProtocol {
  const weight = metrics.config?.description_weight ?? 0;
  return {
    encoder: `${NETWORKS[kindOf(encoder)] ?? encoder} at 512 px: order statistics of seven stages, correlations of the channels of four (${revisions.image}). MiniLM for the image prompt, which correspondence alone reads (${revisions.text}).`,
    heads: headPhrases(metrics),
    metric_interval: '95 % bootstrap over image prompts.',
    prediction_interval: '90 % conformal, calibrated by image prompt.',
    ...(weight > 0 ? { description_weight: weight } : {}),
  };
}

/** What stands before the colon: behind it is where a file lies. */
function kindOf(encoder: string): string {
  return encoder.split(':')[0] ?? encoder;
}

/** A phrase for every head that any aspect has, the scorer first. */
function headPhrases(metrics: FitMetrics): FitProtocol['heads'] {
  const scorer = metrics.scorer ?? FIRST_SCORER;
  const fitted = Object.values(metrics.aspects).flatMap(({ heads }) => Object.keys(heads));
  const names = [...new Set([scorer, ...fitted])];
  return names.map((name) => ({ title: headName(name).title, phrase: phraseOf(name, metrics) }));
}

function phraseOf(name: string, metrics: FitMetrics): string {
  const { scorer, config } = metrics;
  const { phrase, kind } = headName(name);
  if (kind === 'floor') return `${phrase}${chosenFor(name, metrics)}.`;
  if (config === null) return `${phrase}.`;
  if (name === scorer) return `${describeMembers(config.members, config.num_seeds)}.`;
  const pooling = kind === 'legacy' ? '' : `, ${config.pooling} pooling`;
  const networks = config.num_seeds === 1 ? '' : `; average of ${config.num_seeds} networks`;
  return `${phrase}${pooling}, two linear layers${networks}.`;
}

/** What cross-validation on train chose for a floor, by aspect; empty where the fit doesn't say. */
function chosenFor(name: string, { aspects }: FitMetrics): string {
  const byAspect = Object.entries(aspects).flatMap(([aspect, { chosen }]) => {
    const values = Object.entries(chosen?.[name] ?? {}).map(([value, number]) => `${value} ${number}`);
    return values.length === 0 ? [] : [`${aspect} ${values.join(', ')}`];
  });
  return byAspect.length === 0 ? '' : `; folds of train prompts chose: ${byAspect.join('; ')}`;
}

/** Whose learning curve an aspect shows, and which epoch it kept. Nothing where the fit doesn't say how many networks it trained. */
export function historyNote(
  { aspects, config, scorer, protocol_note: legacy }: FitMetrics,
  aspect: Aspect,
): { history_note?: string } {
  if (config === null) return {};
  const neural = Object.keys(aspects[aspect]?.heads ?? {}).filter(
    (name) => name !== scorer && headName(name).kind !== 'floor',
  );
  const networks = neural.length * config.num_seeds;
  if (networks === 0) return {};
  const whose = networks === 1 ? 'of the one network' : `of the first of ${networks} networks`;
  const judges = legacy === undefined ? 'val' : 'the test rows, which were its val (legacy protocol)';
  return {
    history_note: `The curve is that ${whose}; it kept the epoch with the best mean of SRCC and PLCC on ${judges}.`,
  };
}
