export { type AgiqaName, parseAgiqaName } from './agiqa-name.ts';
export { COLUMN_NAMES, type ColumnMapping, type ColumnName, parseColumnMapping } from './columns.ts';
export { DatasetUnreadableError, InvalidDatasetOptionError, MissingColumnError } from './errors.ts';
export { readImagePrompts } from './image-prompts.ts';
export { readTable, type TableRecord } from './read-table.ts';
export type { DatasetReader, OpenDataset, ReaderOptions } from './reader.ts';
export { findReader, readers } from './readers.ts';
export { type SampleDataset, sampleDataset } from './sample.ts';
export { parseScale } from './scale.ts';
