import { SPLITS, type Split } from '@retort/schema';
import { stringify } from 'yaml';
import type { CorpusManifest } from '../manifest.ts';
import type { DocumentsInput, ExportedFormat } from './documents-input.ts';
import { cardLicence } from './licences.ts';

/** `datasets` calls validation so; our files say val. */
const SPLIT_NAMES: Readonly<Record<Split, string>> = { train: 'train', val: 'validation', test: 'test' };

/** Up to how many rows each size of the hub's list goes. Source: hub docs on dataset cards (checked 2026-11-28). */
const SIZE_CATEGORIES: readonly (readonly [below: number, name: string])[] = [
  [1_000, 'n<1K'],
  [10_000, '1K<n<10K'],
  [100_000, '10K<n<100K'],
  [1_000_000, '100K<n<1M'],
  [10_000_000, '1M<n<10M'],
  [Number.POSITIVE_INFINITY, 'n>10M'],
];

/** The format that `load_dataset(repo)` reads: the one with the pictures in it where there is one. */
const DEFAULT_FORMAT = 'parquet';

/** The YAML on top of a dataset card, with a config a format. */
export function cardFrontMatter({ manifest, formats }: Pick<DocumentsInput, 'manifest' | 'formats'>): string {
  const fields = {
    ...cardLicence(manifest.sources),
    language: ['en'],
    pretty_name: cardTitle(manifest),
    tags: ['synthetic', 'image-quality-assessment', 'ai-generated-images', 'retort'],
    annotations_creators: ['machine-generated'],
    source_datasets: manifest.sources.map(({ dataset }) => `extended|other-${slug(dataset)}`),
    size_categories: [sizeCategory(manifest.rows)],
    task_categories: ['image-text-to-text', 'visual-question-answering'],
    configs: formats.filter(hasFiles).map((format) => configOf(format, defaultFormat(formats))),
    dataset_info: formats.filter(hasFiles).map(datasetInfoOf),
  };
  return `---\n${stringify(fields, { lineWidth: 0 })}---\n`;
}

/** What the corpus is called on its card. */
export function cardTitle(manifest: CorpusManifest): string {
  return `Conversations about the images of ${manifest.sources.map(({ dataset }) => dataset).join(', ')}`;
}

export function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

function sizeCategory(rows: number): string {
  const found = SIZE_CATEGORIES.find(([below]) => rows < below);
  if (found === undefined) throw new TypeError('the last category has no end');
  return found[1];
}

function hasFiles({ files }: ExportedFormat): boolean {
  return files.length > 0;
}

function defaultFormat(formats: readonly ExportedFormat[]): string | undefined {
  const withFiles = formats.filter(hasFiles);
  return (withFiles.find(({ name }) => name === DEFAULT_FORMAT) ?? withFiles[0])?.name;
}

function configOf({ name, files }: ExportedFormat, defaultName: string | undefined) {
  const dataFiles = SPLITS.flatMap((split) => {
    const paths = files.filter((file) => file.split === split).map(({ path }) => path);
    return paths.length === 0
      ? []
      : [{ split: SPLIT_NAMES[split], path: paths.length === 1 ? paths[0] : paths }];
  });
  return { config_name: name, ...(name === defaultName ? { default: true } : {}), data_files: dataFiles };
}

function datasetInfoOf({ name, files, features = FEATURES[name] }: ExportedFormat) {
  const sum = (of: (file: (typeof files)[number]) => number, split?: Split) =>
    files
      .filter((file) => split === undefined || file.split === split)
      .reduce((total, file) => total + of(file), 0);
  const bytes = (split?: Split) => sum((file) => file.bytes, split);
  return {
    config_name: name,
    ...(features === undefined ? {} : { features }),
    splits: SPLITS.filter((split) => files.some((file) => file.split === split)).map((split) => ({
      name: SPLIT_NAMES[split],
      num_bytes: bytes(split),
      num_examples: sum((file) => file.rows, split),
    })),
    download_size: bytes(),
    dataset_size: bytes(),
  };
}

const text = (name: string) => ({ name, dtype: 'string' });
const turns = (name: string) => ({ name, list: [text('role'), text('content')] });

/** Columns of the formats that are JSON. Those of parquet stand in its own files, those of webdataset in its names. */
const FEATURES: Readonly<Record<string, readonly unknown[] | undefined>> = {
  'minicpm-v': [text('id'), text('image'), turns('conversations')],
  'ms-swift': [turns('messages'), { name: 'images', list: 'string' }],
  llamafactory: [turns('messages'), { name: 'images', list: 'string' }],
};
