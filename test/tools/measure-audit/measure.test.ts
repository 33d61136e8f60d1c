import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readRows } from '../../../tools/measure-audit/clean-rows.ts';
import { createImageCopies, withFingerprints } from '../../../tools/measure-audit/image-copies.ts';
import { measureCode, openMeasureBed } from '../../../tools/measure-audit/measure.ts';
import { SAMPLE_DIR } from '../../corpus/agiqa-rows.ts';
import { PROMPTS } from '../../pipeline/pipeline-bed.ts';

const IMAGES = join(SAMPLE_DIR, 'images');
const context = { splitBy: 'image-prompt' } as const;

async function bed(isWithImages: boolean) {
  const rows = await readRows(SAMPLE_DIR, PROMPTS, false);
  return openMeasureBed({
    rows: isWithImages ? await withFingerprints(rows, IMAGES) : rows,
    context,
    copies: createImageCopies(IMAGES),
  });
}

describe('measureCode', () => {
  it('finds every planted refusal among the cleaned recordings, and nothing else, the same at every run', async () => {
    const clean = await bed(false);
    const measured = await measureCode(clean, 'refusal', 0.02, 1);
    expect(measured).toMatchObject({ planted: 12, found: 12, wrong: 0, missed: {} });
    expect(await measureCode(clean, 'refusal', 0.02, 1)).toEqual(measured);
  });

  it('finds copies of the images of train in test, made of the images themselves', async () => {
    const measured = await measureCode(await bed(true), 'near-duplicate', 0.02, 1);
    expect(measured).toMatchObject({ planted: 12, found: 12, wrong: 0, missed: {} });
  });
});
