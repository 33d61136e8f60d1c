import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { estimateTextTokens } from '../../../packages/corpus/src/tokens/estimate-text-tokens.ts';
import { createLlama3Tokenizer } from '../../../packages/corpus/src/tokens/llama3-tokenizer.ts';
import { SAMPLE_DIR } from '../agiqa-rows.ts';

describe('estimateTextTokens', () => {
  it('is never below the true count of a recorded answer, and a fifth above it on average', async () => {
    const llama3 = createLlama3Tokenizer();
    const lines = readFileSync(join(SAMPLE_DIR, 'recordings/gemini-1.5-pro.jsonl'), 'utf8')
      .trim()
      .split('\n');
    const texts = lines.map((line): string => JSON.parse(line).response);
    const counts = texts.map((text) => ({ estimate: estimateTextTokens(text), count: llama3.count(text) }));
    expect(counts.filter(({ estimate, count }) => estimate < count)).toEqual([]);
    const sum = (of: 'estimate' | 'count') => counts.reduce((total, entry) => total + entry[of], 0);
    expect(sum('estimate') / sum('count')).toBeGreaterThan(1.1);
    expect(sum('estimate') / sum('count')).toBeLessThan(1.3);
  });

  it.each([
    'Die Schärfe des Bildes ist ungewöhnlich gleichmäßig.',
    '这张图片的质量很好，细节清晰，色彩自然。',
    'תמונה חדה עם צבעים טבעיים אך הרקע מטושטש מעט.',
    '🙂🏽🎨🖼️ great 👍👍🏿',
    '{"quality": 3.14159, "notes": ["a", "b"]}',
    'supercalifragilisticexpialidocious antidisestablishmentarianism',
    '1234567890 9876543210',
  ])('stays above the true count of %s', async (text) => {
    expect(estimateTextTokens(text)).toBeGreaterThanOrEqual(createLlama3Tokenizer().count(text));
  });
});
