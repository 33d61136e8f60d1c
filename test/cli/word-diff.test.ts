import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { wordDiff } from '../../packages/cli/src/word-diff.ts';

describe('wordDiff', () => {
  it('marks what was taken out and put in, and leaves the rest as it is', () => {
    expect(wordDiff('The sky is blurred.', 'The old sky is sharp.', { color: false })).toBe(
      'The {+old +}sky is [-blurred-]{+sharp+}.',
    );
    expect(wordDiff('Same.\nText.', 'Same.\nText.', { color: false })).toBe('Same.\nText.');
  });

  it('has colours in place of the marks on a terminal', () => {
    const coloured = wordDiff('It is blurred.', 'It is sharp.', { color: true });
    expect(coloured).toContain('\u001b[31m');
    expect(stripVTControlCharacters(coloured)).toBe('It is blurredsharp.');
  });
});
