import { hashHex, shortHex } from '@retort/schema';
import { prettyJson } from '../export/export-files.ts';
import { cardTitle, slug } from './card-front-matter.ts';
import { CROISSANT_CONTEXT } from './croissant-context.ts';
import { type CroissantColumn, croissantColumns } from './croissant-fields.ts';
import type { DocumentsInput, ExportedFile, ExportedFormat } from './documents-input.ts';
import { licenceTexts } from './licences.ts';
import { latestDay } from './recording-dates.ts';

/**
 * Croissant 1.1 of an export: what it is, its files with sizes and checksums, a record set a data file, and which machines
 * annotated it. Its address is the corpus's key as a URN, since an export doesn't know where it will be put; its creator the
 * program, since it doesn't know who ran it.
 *
 * @see docs.mlcommons.org/croissant/docs/croissant-spec-1.1.html (checked 2026-11-28)
 */
export function croissant(input: DocumentsInput) {
  const { manifest, formats, teachers } = input;
  const key = hashHex(manifest.key);
  const title = cardTitle(manifest);
  const models = new Set(manifest.teachers.map(({ teacher, model }) => `${model} (${teacher})`));
  return {
    '@context': CROISSANT_CONTEXT,
    '@type': 'sc:Dataset',
    conformsTo: 'http://mlcommons.org/croissant/1.1',
    name: `retort-${slug(manifest.sources.map(({ dataset }) => dataset).join('-'))}-${shortHex(manifest.key)}`,
    description: `${title}: ${manifest.rows} conversations about ${manifest.images} AI-generated images, descriptions by ${[...models].join(', ')}.`,
    license: licenceTexts(manifest.sources),
    url: `urn:sha256:${key}`,
    creator: { '@type': 'sc:Organization', name: 'Retort, run by whoever published this' },
    datePublished: latestDay(teachers),
    version: '1.0.0',
    citeAs: manifest.sources.map(({ dataset, source }) => source ?? dataset).join('; '),
    inLanguage: 'en',
    'rai:machineAnnotationTools': [...models],
    'rai:dataCollection': `Descriptions by a model, asked with the prompts ${Object.keys(manifest.promptVersions).sort().join(', ')}.`,
    distribution: formats.flatMap((format) => format.files.map((file) => fileObject(format, file))),
    recordSet: formats.flatMap(({ name, files }) => {
      const { columns } = croissantColumns(name);
      return columns.length === 0 ? [] : files.map((file) => recordSet(name, file, columns));
    }),
  };
}

/** The same as the text of a file. Members without a value are left out. */
export function croissantText(input: DocumentsInput): string {
  const entries = Object.entries(croissant(input)).filter(([, value]) => value !== null);
  return prettyJson(Object.fromEntries(entries));
}

function fileObject({ name }: ExportedFormat, { path, bytes, sha256 }: ExportedFile) {
  return {
    '@type': 'cr:FileObject',
    '@id': path,
    name: path,
    contentUrl: path,
    contentSize: `${bytes} B`,
    encodingFormat: croissantColumns(name).encodingFormat,
    sha256,
  };
}

function recordSet(format: string, file: ExportedFile, columns: readonly CroissantColumn[]) {
  const id = slug(file.path.replace(/\.[a-z]+$/, ''));
  return {
    '@type': 'cr:RecordSet',
    '@id': id,
    name: id,
    description: `${file.rows} rows of ${file.split}, as ${format} has them.`,
    field: columns.map((column) => field(id, file.path, column)),
  };
}

function field(
  recordSetId: string,
  path: string,
  { name, dataType, isList, extract, member }: CroissantColumn,
) {
  return {
    '@type': 'cr:Field',
    '@id': `${recordSetId}/${name}`,
    name,
    dataType,
    ...(isList ? { repeated: true } : {}),
    source: {
      fileObject: { '@id': path },
      extract,
      ...(member === null ? {} : { transform: { jsonPath: member } }),
    },
  };
}
