import {
  type Aspect,
  type Conversation,
  FIVE_POINT_SCALE,
  type MosScale,
  type Turn,
  toFivePointScale,
  type WordLabel,
  wordLabelOf,
} from '@retort/schema';
import { defuseControlTokens } from './control-tokens.ts';
import { IMAGE_LINE } from './conversation-shape.ts';
import { CorpusRowError } from './errors.ts';
import { rowId } from './row-id.ts';

/** What a conversation keeps of its sample; see `Conversation` for the meaning of the hashes. */
export interface ConversationSample
  extends Pick<
    Conversation,
    | 'dataset'
    | 'imagePrompt'
    | 'generator'
    | 'generatorSetting'
    | 'imageHash'
    | 'blobHash'
    | 'width'
    | 'height'
  > {
  readonly name: string;
}

/** Where the description came from. */
export type ConversationProvenance = Pick<
  Conversation,
  'sawLabel' | 'promptId' | 'teacher' | 'model' | 'requestKey'
>;

export interface ConversationInput {
  readonly sample: ConversationSample;
  readonly aspect: Aspect;
  /** The description as the parser left it. */
  readonly description: string;
  /** On `scale`; null for an unrated sample, which gets two turns. */
  readonly mos: number | null;
  readonly scale: MosScale;
  /** Turn 0 without its `<image>` line. */
  readonly question: string;
  /** Turn 2. */
  readonly wordQuestion: string;
  readonly provenance: ConversationProvenance;
}

/**
 * The paper's conversation: `<image>`, newline, question; description; and with a rating the word question and the word
 * (`WORD_BINNING`, after mapping the MOS to 0–5). Texts come through byte for byte, except that control tokens inside
 * them are defused (see `defuseControlTokens`).
 *
 * @throws CorpusRowError for an empty description or question, or a MOS outside its scale
 */
export function buildConversation(input: ConversationInput): Conversation {
  const { sample, aspect, provenance } = input;
  const id = rowId({ dataset: sample.dataset, aspect, sampleName: sample.name });
  const rating = rateOnFive(id, input.mos, input.scale);
  return {
    sampleName: sample.name,
    dataset: sample.dataset,
    aspect,
    imagePrompt: sample.imagePrompt,
    generator: sample.generator,
    generatorSetting: sample.generatorSetting,
    imageHash: sample.imageHash,
    blobHash: sample.blobHash,
    width: sample.width,
    height: sample.height,
    turns: buildTurns(id, input, rating?.wordLabel ?? null),
    mos: rating?.mos ?? null,
    wordLabel: rating?.wordLabel ?? null,
    sawLabel: provenance.sawLabel,
    promptId: provenance.promptId,
    teacher: provenance.teacher,
    model: provenance.model,
    requestKey: provenance.requestKey,
  };
}

function rateOnFive(
  id: string,
  mos: number | null,
  scale: MosScale,
): { mos: number; wordLabel: WordLabel } | null {
  if (mos === null) return null;
  const onFive = toFivePointScale(mos, scale);
  if (!(onFive >= FIVE_POINT_SCALE.min && onFive <= FIVE_POINT_SCALE.max)) {
    throw new CorpusRowError(
      id,
      `expected a MOS from ${scale.min} to ${scale.max}, got ${mos}: check the scale of the dataset.`,
    );
  }
  return { mos: onFive, wordLabel: wordLabelOf(onFive) };
}

function buildTurns(id: string, input: ConversationInput, wordLabel: WordLabel | null): readonly Turn[] {
  const described: Turn[] = [
    { role: 'user', text: IMAGE_LINE + writtenText(id, 'question', input.question) },
    { role: 'assistant', text: writtenText(id, 'description', input.description) },
  ];
  if (wordLabel === null) return described;
  return [
    ...described,
    { role: 'user', text: writtenText(id, 'word question', input.wordQuestion) },
    { role: 'assistant', text: wordLabel },
  ];
}

function writtenText(id: string, what: string, text: string): string {
  if (text.trim() === '')
    throw new CorpusRowError(id, `expected a ${what}, got an empty text: ask the teacher again.`);
  return defuseControlTokens(text);
}
