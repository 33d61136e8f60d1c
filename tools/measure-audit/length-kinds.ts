import { described, type Kinds, turnOf } from './plant.ts';

/** Descriptions that are no answer by their length. */
export const LENGTH_KINDS: Kinds = {
  'one word': described((text) => text.split(' ')[0] ?? ''),
  'a phrase': described(() => 'Sharp and colourful.'),
  'cut to a tenth': described((text) => text.slice(0, Math.ceil(text.length / 10))),
  'cut to a fifth': described((text) => text.slice(0, Math.ceil(text.length / 5))),
  'said four times': described((text) => repeated(text, 4)),
  'said six times': described((text) => repeated(text, 6)),
};

/** Rows with more tokens than 2,048. */
export const TOO_LONG_KINDS: Kinds = {
  'an answer said 150 times': described((text) => repeated(text, 150)),
  'a question with a log in it': turnOf(0, (text) => `${text}\n${repeated('step 12 loss 0.4312', 400)}`),
  'an image in base64': described((text) => `${text} ${repeated('iVBORw0KGgoAAAANSUhEUgAA', 300)}`),
};

function repeated(text: string, times: number): string {
  return Array.from({ length: times }, () => text).join(' ');
}
