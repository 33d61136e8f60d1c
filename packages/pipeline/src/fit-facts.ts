import { FIRST_SCORER, type ReportData } from '@retort/report';
import { ASPECTS, type Aspect, type CorpusRow } from '@retort/schema';
import { type AspectMetrics, type FitMetrics, fitMetricsSchema } from '@retort/scorer';
import type { StoredPrediction } from '@retort/store';
import { historyNote } from './fit-protocol.ts';
import { calibrationFacts, floorFacts, headList, referenceName } from './head-facts.ts';
import type { PipelineDeps } from './pipeline-deps.ts';
import { thumbnailOf } from './thumbnails.ts';

type AspectFit = NonNullable<NonNullable<ReportData['fit']>[Aspect]>;

const GALLERY_PER_KIND = 4;

/** What a training run wrote of itself; null for one that the store hasn't. */
export function readFitMetrics(deps: PipelineDeps, fitKey: string): FitMetrics | null {
  const training = deps.store.training.get(fitKey);
  return training === null ? null : fitMetricsSchema.parse(training.result);
}

/** A training run as the store has it, with what the report shows of it. */
export function fitFacts(deps: PipelineDeps, fitKey: string, metrics: FitMetrics): ReportData['fit'] {
  const predictions = predictionsOfScorer(deps, fitKey, metrics);
  return Object.fromEntries(
    ASPECTS.flatMap((aspect) => {
      const fitted = aspectFit(deps, fitKey, { aspect, metrics, predictions });
      return fitted === null ? [] : [[aspect, fitted]];
    }),
  );
}

function aspectFit(
  deps: PipelineDeps,
  fitKey: string,
  {
    aspect,
    metrics,
    predictions,
  }: { aspect: Aspect; metrics: FitMetrics; predictions: readonly StoredPrediction[] },
): AspectFit | null {
  const found: AspectMetrics | undefined = metrics.aspects[aspect];
  const scorer = scorerName(metrics);
  const heads = found === undefined ? null : headList(found, scorer);
  if (found === undefined || heads === null) return null;
  const epochs = deps.store.training.epochs(fitKey).filter((epoch) => epoch.aspect === aspect);
  return {
    heads,
    reference: referenceName(found),
    floor: floorFacts(found.floor, scorer),
    ...calibrationFacts(found, scorer),
    history: epochs.map(({ epoch, values }) => ({
      epoch,
      train_loss: values.train_loss ?? null,
      val_srcc: values.val_srcc ?? null,
    })),
    best_epoch: found.best_epoch ?? null,
    ...historyNote(metrics, aspect),
    predictions: predictions.filter((prediction) => prediction.aspect === aspect).map(toPrediction),
    notes: found.notes,
  };
}

/** The head that predicts; in fits from before it had a name, the only neural one. */
function scorerName(metrics: FitMetrics): string {
  return metrics.scorer ?? FIRST_SCORER;
}

/** What the scorer says of test rows. */
function predictionsOfScorer(deps: PipelineDeps, fitKey: string, metrics: FitMetrics): StoredPrediction[] {
  const scorer = scorerName(metrics);
  return deps.store.training
    .predictions(fitKey)
    .filter(({ head, split }) => head === scorer && split === 'test');
}

function toPrediction({
  sampleName,
  generator,
  generatorSetting,
  split,
  mos,
  predictedMos,
  low,
  high,
}: StoredPrediction) {
  return {
    sample_name: sampleName,
    generator,
    generator_setting: generatorSetting,
    split,
    mos,
    predicted_mos: predictedMos,
    low: low ?? predictedMos,
    high: high ?? predictedMos,
  };
}

/** Test rows that the scorer got most right and most wrong, with what the teacher said of them. */
export async function galleryFacts(
  deps: PipelineDeps,
  {
    fitKey,
    corpusKey,
    metrics,
  }: { readonly fitKey: string; readonly corpusKey: string; readonly metrics: FitMetrics },
): Promise<ReportData['gallery']> {
  const predictions = predictionsOfScorer(deps, fitKey, metrics);
  const chosen = ASPECTS.flatMap((aspect) => {
    const ranked = predictions
      .filter((prediction) => prediction.aspect === aspect)
      .map((prediction) => ({ prediction, error: Math.abs(prediction.predictedMos - prediction.mos) }))
      .sort((a, b) => a.error - b.error || (a.prediction.sampleName < b.prediction.sampleName ? -1 : 1));
    const best = ranked
      .slice(0, GALLERY_PER_KIND)
      .map(({ prediction }) => ({ prediction, kind: 'best' as const }));
    const rest = ranked.slice(best.length);
    const worst = rest
      .slice(-GALLERY_PER_KIND)
      .reverse()
      .map(({ prediction }) => ({ prediction, kind: 'worst' as const }));
    return [...best, ...worst];
  });
  // The corpus's own conversations: a home may hold others about the same images.
  const conversations = new Map<string, CorpusRow>();
  for (const row of deps.store.corpora.rows(corpusKey))
    conversations.set(`${row.aspect} ${row.sampleName}`, row);
  return Promise.all(
    chosen.map(({ prediction, kind }) =>
      galleryEntry(prediction, kind, conversations.get(`${prediction.aspect} ${prediction.sampleName}`)),
    ),
  );
}

async function galleryEntry(
  prediction: StoredPrediction,
  kind: 'best' | 'worst',
  conversation: CorpusRow | undefined,
): Promise<ReportData['gallery'][number]> {
  const { aspect, imagePath, imagePrompt, sampleName, generator, mos, predictedMos, low, high } = prediction;
  return {
    kind,
    aspect,
    sample_name: sampleName,
    thumbnail: await thumbnailOf(imagePath),
    image_prompt: imagePrompt,
    generator,
    mos,
    predicted_mos: predictedMos,
    low: low ?? predictedMos,
    high: high ?? predictedMos,
    conversation: (conversation?.turns ?? []).map(({ role, text }) => ({ role, text })),
    saw_label: conversation?.sawLabel ?? false,
  };
}
