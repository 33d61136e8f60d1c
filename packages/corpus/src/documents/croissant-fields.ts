/** Where a column of a record set is found in a file, and what it is. */
export interface CroissantColumn {
  readonly name: string;
  readonly dataType: 'sc:Text' | 'sc:ImageObject';
  /** Several values a record, such as the texts of the turns. */
  readonly isList: boolean;
  readonly extract: { readonly column: string } | { readonly jsonPath: string };
  /** Taken out of each value. */
  readonly member: string | null;
}

interface FormatColumns {
  /** By the ending of the file's name. */
  readonly encodingFormat: string;
  readonly columns: readonly CroissantColumn[];
}

const textColumn = (name: string, extract: CroissantColumn['extract']): CroissantColumn => ({
  name,
  dataType: 'sc:Text',
  isList: false,
  extract,
  member: null,
});
const turnColumns = (extract: CroissantColumn['extract']): readonly CroissantColumn[] =>
  ['role', 'content'].map((member) => ({
    name: `turns_${member}`,
    dataType: 'sc:Text',
    isList: true,
    extract,
    member,
  }));
const imagePaths = (extract: CroissantColumn['extract']): CroissantColumn => ({
  ...textColumn('images', extract),
  isList: true,
});

const COLUMNS: Readonly<Record<string, FormatColumns | undefined>> = {
  'minicpm-v': {
    encodingFormat: 'application/json',
    columns: [
      textColumn('id', { jsonPath: '$[*].id' }),
      textColumn('image', { jsonPath: '$[*].image' }),
      ...turnColumns({ jsonPath: '$[*].conversations' }),
    ],
  },
  'ms-swift': {
    encodingFormat: 'application/jsonlines',
    columns: [imagePaths({ column: 'images' }), ...turnColumns({ column: 'messages' })],
  },
  llamafactory: {
    encodingFormat: 'application/json',
    columns: [imagePaths({ jsonPath: '$[*].images' }), ...turnColumns({ jsonPath: '$[*].messages' })],
  },
  parquet: {
    encodingFormat: 'application/x-parquet',
    columns: [
      textColumn('id', { column: 'id' }),
      {
        name: 'image',
        dataType: 'sc:ImageObject',
        isList: false,
        extract: { column: 'image' },
        member: 'bytes',
      },
      ...turnColumns({ column: 'messages' }),
    ],
  },
  webdataset: { encodingFormat: 'application/x-tar', columns: [] },
};

/** What Croissant is told of a format's files; a format it doesn't know is bytes without records. */
export function croissantColumns(format: string): FormatColumns {
  return COLUMNS[format] ?? { encodingFormat: 'application/octet-stream', columns: [] };
}
