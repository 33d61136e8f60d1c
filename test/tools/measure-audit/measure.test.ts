import { describe, expect, it } from 'vitest';
import { readRows } from '../../../tools/measure-audit/clean-rows.ts';
import { measureCode } from '../../../tools/measure-audit/measure.ts';
import { SAMPLE_DIR } from '../../corpus/agiqa-rows.ts';
import { PROMPTS } from '../../pipeline/pipeline-bed.ts';

describe('measureCode', () => {
  it('finds every planted refusal among the cleaned recordings, and nothing else, the same at every run', async () => {
    const rows = await readRows(SAMPLE_DIR, PROMPTS, false);
    const measured = await measureCode(rows, 'refusal', 0.02, 1);
    expect(measured).toMatchObject({ planted: 12, found: 12, wrong: 0, missed: {} });
    expect(await measureCode(rows, 'refusal', 0.02, 1)).toEqual(measured);
  });
});
