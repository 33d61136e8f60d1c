import { RetortError } from '@retort/schema';

/** The table or folder as a whole can't be read: missing, empty, forbidden, not UTF-8, broken in its quoting. */
export class DatasetUnreadableError extends RetortError {
  readonly code = 'dataset-unreadable';
  /** The file or folder that couldn't be read. */
  readonly file: string;

  constructor(file: string, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.file = file;
  }
}

/** The table has no column for something that is needed, or none of the name a mapping gave. */
export class MissingColumnError extends RetortError {
  readonly code = 'dataset-column-missing';
  readonly file: string;
  /** Our name for what is missing, as in `--columns`. */
  readonly column: string;
  /** The table's own columns. */
  readonly found: readonly string[];

  constructor(file: string, column: string, expected: readonly string[], found: readonly string[]) {
    const names = expected.map((name) => `"${name}"`).join(' or ');
    super(
      `${file} has no column ${names} for ${column}; its columns are ${found.join(', ')}. ${separatorHint(found)}` +
        `Say which one it is: --columns ${column}=<column>.`,
    );
    this.file = file;
    this.column = column;
    this.found = found;
  }
}

/** A dataset option, as a person typed it, makes no sense. */
export class InvalidDatasetOptionError extends RetortError {
  readonly code = 'usage';
}

/** A table with another separator arrives as one wide column. */
function separatorHint(found: readonly string[]): string {
  const [only] = found;
  if (found.length !== 1 || only === undefined || !/[;\t]/.test(only)) return '';
  return `They seem to be separated by ${only.includes('\t') ? 'tabs' : 'semicolons'}: save the table with commas. `;
}
