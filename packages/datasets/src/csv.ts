import path from 'node:path';
import { FIVE_POINT_SCALE } from '@retort/schema';
import { findTable } from './find-table.ts';
import type { DatasetReader } from './reader.ts';
import { openTableDataset } from './table-dataset.ts';

const NAME = 'csv';

/** Any CSV with a row an image, and a folder. Only the image's name is needed; ratings may be missing. */
export const csvReader: DatasetReader = {
  name: NAME,
  publishedSplitSizes: null,
  async open(options) {
    const place = await findTable(options);
    return openTableDataset({
      ...place,
      mapping: options.columns ?? {},
      about: {
        reader: NAME,
        name: options.datasetName ?? path.basename(place.imageFolder),
        scale: options.scale ?? FIVE_POINT_SCALE,
        licence: null,
        source: null,
      },
    });
  },
};
