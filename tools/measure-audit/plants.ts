import type { AuditRow } from '@retort/corpus';
import { WORD_LABELS, wordLabelOf } from '@retort/schema';
import { IMAGE_KINDS } from './image-kinds.ts';
import { LENGTH_KINDS, TOO_LONG_KINDS } from './length-kinds.ts';
import { described, type Kinds, type Plant, type PlantContext, turnOf, withTurn } from './plant.ts';

/** Kinds of defects by the code that should find them. The wordings are not those of the checks' own tests. */
export const PLANTS: Readonly<Record<string, Kinds>> = {
  'label-mismatch': {
    'another word at random': withWord((row, { random }) => pick(others(wordOf(row)), random)),
    'the next word': withWord((row) => WORD_LABELS[(WORD_LABELS.indexOf(wordOf(row)) + 1) % 5] ?? 'bad'),
  },
  'label-of-other-aspect': {
    'the word of the other MOS': withWord((row) => {
      const other = Object.entries(row.ratings).find(([aspect]) => aspect !== row.aspect)?.[1];
      if (other === undefined || wordLabelOf(other) === wordOf(row)) return null;
      return wordLabelOf(other);
    }),
  },
  'image-in-two-splits': {
    'an image of the other side': (row, { other }) =>
      row.split === 'train' || other.split !== 'train' ? null : { ...row, imageKey: other.imageKey },
  },
  'image-prompt-in-two-splits': {
    'a prompt of train': (row, { other }) =>
      row.split === 'train' || other.split !== 'train' ? null : { ...row, imagePrompt: other.imagePrompt },
    'in capitals and with spaces': (row, { other }) =>
      row.split === 'train' || other.split !== 'train' || other.imagePrompt === null
        ? null
        : { ...row, imagePrompt: `  ${other.imagePrompt.toUpperCase().replaceAll(' ', '  ')} ` },
  },
  'label-in-text': {
    'the MOS in figures': described((text, row) => `${text} I put it at ${mosOf(row).toFixed(2)}.`),
    'out of five': described((text, row) => `${text} That makes ${Math.round(mosOf(row))} out of 5.`),
    'in words': described((text) => `${text} All in all four out of five.`),
    'a score': described((text, row) => `It earns a score of ${mosOf(row).toFixed(1)}. ${text}`),
    'the word as a verdict': described((text, row) => `${text} I would rate the image as ${wordOf(row)}.`),
    'the word as a label': described((text, row) => `${text} Label: ${wordOf(row)}.`),
    'talk about a score': described((text) => `${text} This justifies the given score.`),
  },
  'saw-label-in-evaluation': {
    'a description in val or test': (row, { other }) =>
      row.split === 'train' || other.turns.length !== 4 ? null : { ...row, turns: other.turns },
  },
  'answer-debris': {
    'a JSON tail': described((text) => `${text}"}`),
    'a JSON list tail': described((text) => `${text}"}]`),
    'escaped quotes': described((text) => text.replace(/^(\w+) (\w+)/u, '$1 \\"$2\\"')),
    'escaped newlines': described((text) => text.replace('. ', '.\\n\\n')),
    'a fence': described((text) => `\`\`\`json\n${text}\n\`\`\``),
    'a JSON object': described((text) => `{"evaluation": "${text}`),
    'HTML tags': described((text) => `<p>${text}</p>`),
    'HTML line breaks': described((text) => text.replace('. ', '.<br/>')),
    'HTML entities': described((text) => text.replace(' a ', ' &quot;a&quot; ').replace(/\.$/u, '&nbsp;.')),
    'cut in a sentence': described((text, _row, { random }) => cut(text, random)),
    'cut after a word': described((text) =>
      text
        .split(' ')
        .slice(0, -3)
        .join(' ')
        .replace(/[.!?]$/u, ''),
    ),
    empty: described(() => ''),
    'a null': described(() => 'null'),
    German: described(
      () =>
        'Das Bild wirkt unscharf, die Farben sind blass und viele Einzelheiten lassen sich kaum erkennen.',
    ),
    Spanish: described(
      () => 'La composición resulta confusa y los colores apagados quitan fuerza a la escena.',
    ),
    Chinese: described(() => '画面整体偏暗，细节不足，主体边缘模糊，构图较为混乱。'),
    'ends in Chinese': described(
      (text) => `${text} 画面整体偏暗，细节不足，主体边缘模糊，构图较为混乱，色彩也不自然。`,
    ),
    'the question repeated': described((text, row) => `${row.turns[0]?.text.split('\n').at(-1)} ${text}`),
    'the image prompt alone': described((_text, row) => row.imagePrompt ?? ''),
    'a speaker': described((text) => `Assistant: ${text}`),
    'a preamble': described((text) => `Sure, here is my assessment: ${text}`),
    'broken encoding': described((text) => text.replace(' ', ' \u00e2\u20ac\u02dc')),
  },
  refusal: {
    sorry: described(() => "I'm sorry, but I can't help with that."),
    'an inability': described(() => 'I am unable to view images directly, so no assessment is possible.'),
    'a language model': described(() => 'As a large language model, I have no means of seeing pictures.'),
    'a policy': described(() => 'Describing this picture would go against my guidelines.'),
    'no image': described(() => 'It seems no image was attached. Please upload the image again.'),
    'within an answer': described((text) => `${text} I cannot assess the rest of the picture.`),
    'a request declined': described(() => 'The request was declined because of its content.'),
  },
  'repeated-answer': {
    'one sentence': described(() => 'The image is well composed and has pleasant colours.'),
    'in other case': described(() => 'THE IMAGE is well  composed and has pleasant colours.'),
  },
  'image-token-misplaced': {
    'after the question': turnOf(0, (text) => `${text.replace('<image>\n', '')}\n<image>`),
    twice: turnOf(0, (text) => `<image>\n${text}`),
    missing: turnOf(0, (text) => text.replace('<image>\n', '')),
    'in the answer': described((text) => `${text} <image>`),
  },
  'turn-order': {
    'a turn short': (row) => ({ ...row, turns: row.turns.slice(0, -1) }),
    'a system turn': (row) => ({
      ...row,
      turns: [{ role: 'system', text: 'You judge images.' }, ...row.turns],
    }),
    'roles swapped': (row) => ({
      ...row,
      turns: row.turns.map((turn) => ({ ...turn, role: turn.role === 'user' ? 'assistant' : 'user' })),
    }),
    'an unknown role': (row) => ({
      ...row,
      turns: row.turns.map((turn, index) => (index === 1 ? { ...turn, role: 'function' } : turn)),
    }),
  },
  'control-token': {
    'an end of turn': turnOf(1, (text) => `${text}<|im_end|>`),
    'a Llama mark': turnOf(0, (text) => `${text}<|start_header_id|>`),
    'a slice': turnOf(1, (text) => `<slice>${text}`),
  },
  'missing-image': {
    'not there': (row) => ({ ...row, imageProblem: `${row.id} isn't there` }),
    'no image': (row) => ({ ...row, imageKey: null }),
  },
  'near-duplicate': IMAGE_KINDS,
  'too-long': TOO_LONG_KINDS,
  'length-outlier': LENGTH_KINDS,
  'control-token-defused': {
    'an end of turn': turnOf(1, (text) => `${text} < |im_end|>`),
    'a Llama mark': turnOf(0, (text) => `${text} < |eot_id|>`),
  },
};

function withWord(word: (row: AuditRow, context: PlantContext) => string | null): Plant {
  return (row, context) => {
    const chosen = word(row, context);
    return chosen === null ? null : { ...withTurn(row, row.turns.length - 1, chosen), wordLabel: null };
  };
}

const wordOf = (row: AuditRow) => wordLabelOf(mosOf(row));
const mosOf = (row: AuditRow) => (row.aspect === null ? 0 : (row.ratings[row.aspect] ?? 0));
const others = (word: string) => WORD_LABELS.filter((label) => label !== word);
const pick = (words: readonly string[], random: () => number) =>
  words[Math.floor(random() * words.length)] ?? 'bad';

/** Ends after between a third and two thirds of its words, never after a full stop. */
function cut(text: string, random: () => number): string {
  const words = text.split(' ');
  const kept = words.slice(0, Math.ceil(words.length * (1 / 3 + random() / 3))).join(' ');
  return kept.replace(/[\s"'*.!?:;,)]+$/u, '');
}
