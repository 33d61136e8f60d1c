import { errorCodeOf, RetortError } from '@retort/schema';

/** A row that no corpus may hold: its turns, text or order break a rule that every consumer relies on. */
export class CorpusRowError extends RetortError {
  readonly code = 'corpus-row-invalid';
  readonly rowId: string;
  constructor(rowId: string, problem: string) {
    super(`Corpus row ${rowId}: ${problem}`);
    this.rowId = rowId;
  }
}

/** The asked-for split can't be made from this dataset. */
export class SplitUnavailableError extends RetortError {
  readonly code = 'split-unavailable';
}

/** Fractions, a folder or a name that a person gave and that can't be used. */
export class CorpusUsageError extends RetortError {
  readonly code = 'usage';
}

/** There is no row to make a corpus of. */
export class CorpusEmptyError extends RetortError {
  readonly code = 'corpus-empty';
  constructor() {
    super(
      'A corpus needs at least one conversation and none came: look at the rejected rows and the dead letters.',
    );
  }
}

/** The folder of an export can't be made or filled there. */
export class ExportFolderUnwritableError extends RetortError {
  readonly code = 'home-unwritable';
  constructor(dir: string, cause: unknown) {
    super(
      `${dir} can't be written (${errorCodeOf(cause)}): choose another folder, such as a new one below it, or change its permissions.`,
      { cause },
    );
  }
}

/** An image that a row shows isn't where the caller said. */
export class CorpusImageMissingError extends RetortError {
  readonly code = 'blob-missing';
  constructor(rowId: string, path: string, cause: unknown) {
    super(
      `Corpus row ${rowId}: its prepared image was expected at ${path}, nothing is there: run the prepare stage again.`,
      { cause },
    );
  }
}

/** The disk filled up while a corpus was written; what was begun has been removed. */
export class DiskFullError extends RetortError {
  readonly code = 'disk-full';
  constructor(dir: string, cause: unknown) {
    super(`The disk is full: writing the corpus to ${dir} stopped. Free some space and run it again.`, {
      cause,
    });
  }
}

/** The asked-for split breaks a rule that keeps evaluation honest. */
export class SplitLeaksError extends RetortError {
  readonly code = 'split-leaks';
  /** A sentence a broken rule, with what was measured. */
  readonly leakage: readonly string[];
  constructor(splitBy: string, leakage: readonly string[]) {
    super(
      `A split by ${splitBy} leaks into evaluation. ${leakage.join(' ')} Use --split-by image-prompt (the default), or write ` +
        'out --allow-leakage: every corpus and report made of it then says so.',
    );
    this.leakage = leakage;
  }
}
