import { type CorpusRow, FIVE_POINT_SCALE, type Split, sha256 } from '@retort/schema';
import { buildConversation, type ConversationInput } from '../../packages/corpus/src/build-conversation.ts';

/** A valid input for `buildConversation`; a test changes one field. Its texts are made up. */
export function conversationInput(
  change: Partial<ConversationInput> = {},
  name = 'glide_normal_001.jpg',
): ConversationInput {
  return {
    sample: {
      name,
      dataset: 'made-up',
      imagePrompt: `a prompt of ${name}`,
      generator: 'glide',
      generatorSetting: 'glide_normal',
      imageHash: sha256(`source ${name}`),
      blobHash: sha256(`prepared ${name}`),
      width: 512,
      height: 512,
    },
    aspect: 'quality',
    description: `Sharp contours and a calm background in ${name}.`,
    mos: 2.5,
    scale: FIVE_POINT_SCALE,
    question: 'What do you see?',
    wordQuestion: 'Which word?',
    provenance: {
      sawLabel: false,
      promptId: 'quality/blind.v1',
      teacher: 'replay',
      model: 'gemini-1.5-pro',
      requestKey: sha256(`request ${name}`),
    },
    ...change,
  };
}

/** A valid row of a corpus; a test changes one field. */
export function buildRow(change: Partial<CorpusRow> = {}, name = 'glide_normal_001.jpg'): CorpusRow {
  return { ...buildConversation(conversationInput({}, name)), split: 'train', ...change };
}

/** Rows that differ in their sample only, in the order of a corpus. */
export function buildRows(count: number, split: Split = 'train'): readonly CorpusRow[] {
  return Array.from({ length: count }, (_, i) =>
    buildRow({ split }, `${split}_${String(i).padStart(3, '0')}.jpg`),
  );
}
