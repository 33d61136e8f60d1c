import { describe, expect, it } from 'vitest';
import { readRows } from '../../../tools/measure-audit/clean-rows.ts';
import { countFalseWarnings, measureCorpora } from '../../../tools/measure-audit/measure-corpora.ts';
import { SAMPLE_DIR } from '../../corpus/agiqa-rows.ts';
import { PROMPTS } from '../../pipeline/pipeline-bed.ts';

describe('measureCorpora', () => {
  it('finds faults of the whole sample at their rows, and none where nothing says the MOS', async () => {
    const rows = await readRows(SAMPLE_DIR, PROMPTS, false);
    const found = Object.fromEntries((await measureCorpora(rows, [1])).map((one) => [one.code, one.found]));
    // The words of 200 descriptions are too few for `label-leak`.
    expect(found).toEqual({
      'class-imbalance': 1,
      'generator-confounded': 1,
      'metadata-floor': 1,
      'label-leak': 0,
      'conversation-missing': 1,
    });
    expect([...(await countFalseWarnings(rows, [1])).values()]).toEqual([0, 0, 0, 0, 0]);
  });
});
