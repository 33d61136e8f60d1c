import { describe, expect, it } from 'vitest';
import { jsonLine } from '../../../packages/corpus/src/formats/json-text.ts';

/** What Python's `str.splitlines` splits at. */
const LINE_ENDS = ['\n', '\r', '\v', '\f', '\u001c', '\u001d', '\u001e', '\u0085', '\u2028', '\u2029'];

describe('jsonLine', () => {
  it('keeps every text and no character that ends a line in JavaScript or Python', () => {
    const text = `a${LINE_ENDS.join('b')}${LINE_ENDS.join('')} ä中😀`;
    const line = jsonLine({ [text]: [text] });
    expect(JSON.parse(line)).toEqual({ [text]: [text] });
    expect(LINE_ENDS.filter((character) => line.includes(character))).toEqual([]);
  });
});
