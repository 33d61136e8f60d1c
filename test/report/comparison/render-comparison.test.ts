import { comparisonDataSchema, renderComparison } from '@retort/report';
import { describe, expect, it } from 'vitest';
import { buildAspectComparison, buildComparisonData } from '../build-comparison-data.ts';
import { plainText, readSection, readTables, readTagNames } from '../page-reader.ts';

const EVIL = `"><script>alert(1)</script><img src=x onerror='y'>`;

describe('renderComparison', () => {
  it('has the figures of both sides, their difference and its interval', async () => {
    const data = buildComparisonData();
    expect(comparisonDataSchema.parse(data)).toEqual(data);
    const page = await renderComparison(data);
    const rows = readTables(page).flatMap((table) => table.rows);
    expect(rows).toContainEqual(['blocked', '0', '2']);
    expect(rows).toContainEqual(['USD', 'unknown', '$0.001277']);
    expect(rows).toContainEqual(['tokens in', '1,350', '1,350']);
    expect(rows).toContainEqual(['words', '42 31 to 54', '38 31 to 54', '-4.4 [-4.5, -4.3]']);
    expect(rows).toContainEqual([
      'words predict MOS, SRCC',
      '0.580 [0.480, 0.680]',
      '0.300 [0.200, 0.400]',
      '-0.280 [-0.380, -0.180]',
    ]);
    expect(rows).toContainEqual(['one label word, and the right one', '9 of 24', 'none', '—']);
    expect(plainText(readSection(page, 'aspect-quality'))).toContain('sharp z 3.4, 33 : 6');
    expect(plainText(readSection(page, 'sides'))).toContain('2026-11-01 08:00 UTC to 2026-11-02 09:30 UTC');
    expect(plainText(readSection(page, 'method'))).toContain('pnpm distill compare run=aaaa run=bbbb');
  });

  it('says beside the figures which side saw the MOS, and nothing where none did', async () => {
    const saw = plainText(readSection(await renderComparison(buildComparisonData()), 'aspect-quality'));
    expect(saw).toContain('A saw the MOS');
    expect(saw).toContain('A (saw the MOS)');
    const blind = {
      ...buildComparisonData(),
      aspects: [buildAspectComparison({ saw_label: { a: false, b: false } })],
    };
    expect(plainText(readSection(await renderComparison(blind), 'aspect-quality'))).not.toContain(
      'saw the MOS',
    );
  });

  it('knows one from many', async () => {
    const aspects = [buildAspectComparison({ pairs: 10, image_prompts: 1 })];
    const page = await renderComparison({ ...buildComparisonData(), aspects });
    expect(plainText(readSection(page, 'aspect-quality'))).toContain('10 images, 1 image prompt.');
  });

  it('says why nothing was fitted', async () => {
    const mos = { kind: 'not-fitted', reason: '12 rated rows are in common' } as const;
    const page = await renderComparison({
      ...buildComparisonData(),
      aspects: [buildAspectComparison({ mos })],
    });
    expect(plainText(readSection(page, 'aspect-quality'))).toContain('12 rated rows are in common');
    expect(page).not.toContain('words predict MOS, SRCC');
  });

  it('escapes every text: the page has the same tags whatever answers, prompts and selectors hold', async () => {
    const data = buildComparisonData();
    const evil = {
      ...data,
      command: EVIL,
      a: { ...data.a, selector: EVIL, models: [EVIL], prompts: [EVIL], model_versions: [EVIL] },
      outcomes: data.outcomes.map((row) => ({ ...row, outcome: EVIL })),
      aspects: [buildAspectComparison({ words: { a: [{ word: EVIL, z: 3, a: 1, b: 0 }], b: [] } })],
      examples: data.examples.map((row) => ({ ...row, image: EVIL, image_prompt: EVIL, a: EVIL, b: EVIL })),
    };
    const page = await renderComparison(evil);
    expect(readTagNames(page)).toEqual(readTagNames(await renderComparison(data)));
    expect(page).not.toContain('<script');
  });

  it('holds everything it needs, and leaves out what there is nothing of', async () => {
    const page = await renderComparison(buildComparisonData());
    expect(page).not.toMatch(/<script|<link|<iframe|@import|url\(|https?:/i);
    const bare = await renderComparison({ ...buildComparisonData(), aspects: [], examples: [] });
    expect(readSection(bare, 'examples')).toBe('');
    expect(readSection(bare, 'outcomes')).not.toBe('');
  });
});
