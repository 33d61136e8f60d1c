import { RetortError } from '@retort/schema';
import type { SampleRow, Store, StoredConversation } from '@retort/store';
import { EXIT } from '../exit-codes.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { withLatestRun } from './open-home.ts';

export class ImageNotFoundError extends RetortError {
  readonly code = 'not-found';
  constructor(name: string) {
    super(
      `No image of this home is called "${name}": give its name as the dataset has it, such as midjourney_normal_003.jpg.`,
    );
  }
}

/** `distill show IMAGE`: its ratings, conversations and predictions. */
export function showCommand(
  name: string,
  flags: { readonly home?: string; readonly json?: boolean },
  terminal: Terminal,
): Promise<number> {
  return withLatestRun(flags, terminal, async ({ store }) => {
    const samples = store.samples.findByName(name);
    if (samples.length === 0) throw new ImageNotFoundError(name);
    const facts = samples.map((sample) => factsOf(store, sample));
    if (flags.json === true) terminal.print(JSON.stringify(facts));
    else terminal.print(facts.map(describe).join('\n\n'));
    return EXIT.ok;
  });
}

function factsOf(store: Store, sample: SampleRow) {
  return {
    image: sample.name,
    path: sample.imagePath,
    hash: sample.image?.hash ?? null,
    image_prompt: sample.imagePrompt,
    generator: sample.generator,
    generator_setting: sample.generatorSetting,
    rejected: sample.rejectedReason,
    ratings: sample.ratings.map(({ aspect, mos, mosStd }) => ({ aspect, mos, mos_std: mosStd })),
    conversations: latestOfEach(store.conversations.ofSample(sample.id)).map((conversation) => ({
      aspect: conversation.aspect,
      prompt: conversation.promptId,
      saw_label: conversation.sawLabel,
      word_label: conversation.wordLabel,
      review: conversation.review,
      turns: conversation.turns,
    })),
    reviews: store.reviews
      .ofSample(sample.id)
      .map(({ id, aspect, requestKey, decision, text, note, reviewer, decidedAt, undoes }) => ({
        id,
        aspect,
        request_key: requestKey,
        decision,
        text,
        note,
        by: reviewer,
        decided_at: decidedAt,
        undoes,
      })),
    predictions: store.training
      .predictionsOfSample(sample.id)
      .map(({ aspect, head, split, mos, predictedMos, low, high }) => ({
        aspect,
        head,
        split,
        mos,
        predicted_mos: predictedMos,
        low,
        high,
      })),
  };
}

/** Each conversation once: one that was accepted stands in the store before and after. */
function latestOfEach(conversations: readonly StoredConversation[]): StoredConversation[] {
  const keyOf = ({ aspect, requestKey, turns }: StoredConversation): string =>
    JSON.stringify([aspect, requestKey, turns]);
  return [...new Map(conversations.map((conversation) => [keyOf(conversation), conversation])).values()];
}

function describe(facts: ReturnType<typeof factsOf>): string {
  const number = (value: number | null): string => (value === null ? '-' : value.toFixed(2));
  const lines = [
    `${facts.image}  ${facts.generator_setting ?? 'generator unknown'}`,
    `  image prompt: ${facts.image_prompt ?? 'none'}`,
    ...(facts.rejected === null ? [] : [`  set aside: ${facts.rejected}`]),
    ...facts.ratings.map(
      ({ aspect, mos, mos_std }) => `  ${aspect}: MOS ${number(mos)} (SD ${number(mos_std)})`,
    ),
    ...facts.predictions.map(
      ({ aspect, head, split, predicted_mos, low, high }) =>
        `  predicted ${aspect}: ${number(predicted_mos)} [${number(low)}, ${number(high)}] by ${head}, ${split} row`,
    ),
    ...facts.conversations.flatMap(({ aspect, saw_label, review, turns }) => [
      `  ${aspect} conversation${saw_label ? ' (the teacher saw the MOS)' : ''}${review === 'edited' ? ', edited by a person' : ''}:`,
      ...turns.map(({ role, text }) => `    ${role}: ${text.replaceAll('\n', ' ')}`),
    ]),
    ...facts.reviews.map(({ id, aspect, decision, note, by, decided_at, undoes }) => {
      const what = undoes === null ? `${id} ${decision}` : `${id} took back ${undoes}`;
      return `  ${aspect} review: ${what}${by === null ? '' : ` by ${by}`} at ${decided_at}${note === null ? '' : `: ${note.replaceAll('\n', ' ')}`}`;
    }),
  ];
  return lines.join('\n');
}
