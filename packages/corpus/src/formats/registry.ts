import { CorpusUsageError } from '../errors.ts';
import type { CorpusFormat } from './format.ts';
import { llamafactoryFormat } from './llamafactory.ts';
import { minicpmVFormat } from './minicpm-v.ts';
import { msSwiftFormat } from './ms-swift.ts';
import { parquetFormat } from './parquet.ts';
import { webdatasetFormat } from './webdataset.ts';

/** Every format a corpus can be exported in. */
export const CORPUS_FORMATS: readonly CorpusFormat[] = [
  minicpmVFormat,
  msSwiftFormat,
  llamafactoryFormat,
  parquetFormat,
  webdatasetFormat,
];

/** @throws CorpusUsageError for a name that isn't in the registry */
export function findFormat(name: string): CorpusFormat {
  const format = CORPUS_FORMATS.find((candidate) => candidate.name === name);
  if (format !== undefined) return format;
  const names = CORPUS_FORMATS.map((candidate) => candidate.name).join(', ');
  throw new CorpusUsageError(`There is no corpus format “${name}”: use one of ${names}.`);
}
