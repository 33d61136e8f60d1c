import { FIVE_POINT_SCALE } from '@retort/schema';
import { AGIQA_3K_SPLIT_SIZES, agiqa3kSplitOf } from './agiqa-3k-split.ts';
import { parseAgiqaName } from './agiqa-name.ts';
import type { ColumnMapping } from './columns.ts';
import { findTable } from './find-table.ts';
import type { DatasetReader } from './reader.ts';
import { openTableDataset } from './table-dataset.ts';
import type { Generator, NameKnowledge } from './table-record.ts';

const NAME = 'agiqa-3k';

/** AGIQA-3K's own columns; its `align` is our correspondence. It rates no authenticity. */
const COLUMNS: ColumnMapping = {
  name: 'name',
  image_prompt: 'prompt',
  mos_quality: 'mos_quality',
  mos_quality_std: 'std_quality',
  mos_correspondence: 'mos_align',
  mos_correspondence_std: 'std_align',
};

/** AGIQA-3K: `data.csv` with the images beside it or in `images/`. A file of another name has no generator. */
export const agiqa3kReader: DatasetReader = {
  name: NAME,
  publishedSplitSizes: AGIQA_3K_SPLIT_SIZES,
  async open(options) {
    const place = await findTable(options);
    return openTableDataset({
      ...place,
      mapping: { ...COLUMNS, ...options.columns },
      about: {
        reader: NAME,
        name: options.datasetName ?? NAME,
        scale: options.scale ?? FIVE_POINT_SCALE,
        licence: 'MIT',
        source: 'AGIQA-3K Database (Li et al., 2023, doi 10.1109/TCSVT.2023.3319020)',
      },
      ...agiqaNameKnowledge,
    });
  },
};

/** What AGIQA-3K's file names say; nothing about a file of another name. */
export const agiqaNameKnowledge: NameKnowledge = { generatorOf, publishedSplitOf: agiqa3kSplitOf };

function generatorOf(fileName: string): Generator {
  const parsed = parseAgiqaName(fileName);
  return { generator: parsed?.generator ?? null, generatorSetting: parsed?.generatorSetting ?? null };
}
