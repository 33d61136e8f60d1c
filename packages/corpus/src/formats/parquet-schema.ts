import type { SchemaElement } from 'hyparquet-writer';

/** Text columns in order; `image`, `messages`, `mos` and `saw_label` have types of their own. */
const TEXT_COLUMNS = [
  'id',
  'dataset',
  'aspect',
  'image_prompt',
  'generator',
  'generator_setting',
  'word_label',
  'prompt_id',
  'teacher',
  'model',
  'request_key',
] as const;

const text = (name: string): SchemaElement => ({
  name,
  type: 'BYTE_ARRAY',
  converted_type: 'UTF8',
  repetition_type: 'OPTIONAL',
});

/** The columns of a data file: a struct of bytes and path, and a list of structs, as Arrow writes them. */
export const PARQUET_SCHEMA: SchemaElement[] = [
  { name: 'schema', num_children: TEXT_COLUMNS.length + 4, repetition_type: 'REQUIRED' },
  { name: 'image', num_children: 2, repetition_type: 'OPTIONAL' },
  { name: 'bytes', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL' },
  text('path'),
  { name: 'messages', num_children: 1, converted_type: 'LIST', repetition_type: 'OPTIONAL' },
  { name: 'list', num_children: 1, repetition_type: 'REPEATED' },
  { name: 'element', num_children: 2, repetition_type: 'OPTIONAL' },
  text('role'),
  text('content'),
  { name: 'mos', type: 'DOUBLE', repetition_type: 'OPTIONAL' },
  { name: 'saw_label', type: 'BOOLEAN', repetition_type: 'OPTIONAL' },
  ...TEXT_COLUMNS.map(text),
];

/** Names of the columns in the order of the schema. */
export const PARQUET_COLUMNS = ['image', 'messages', 'mos', 'saw_label', ...TEXT_COLUMNS] as const;
export type ParquetColumn = (typeof PARQUET_COLUMNS)[number];

const STRING = { dtype: 'string', _type: 'Value' };

/** Tells `datasets` what the columns are, so that images come decoded. Checked with datasets 5.2.0 on 2026-11-23. */
export const HUGGING_FACE_FOOTER = {
  key: 'huggingface',
  value: JSON.stringify({
    info: {
      features: {
        image: { _type: 'Image' },
        messages: { feature: { role: STRING, content: STRING }, _type: 'List' },
        mos: { dtype: 'float64', _type: 'Value' },
        saw_label: { dtype: 'bool', _type: 'Value' },
        ...Object.fromEntries(TEXT_COLUMNS.map((name) => [name, STRING])),
      },
    },
  }),
};
