import type { Aspect, ContentHash, ReviewCounts, Split, SplitBy } from '@retort/schema';
import type { Fold, SplitFractions } from './splits/split-options.ts';

/** What decides a corpus besides its rows. */
export interface CorpusMeta {
  readonly splitBy: SplitBy;
  readonly seed: number;
  readonly fractions: SplitFractions;
  /** Which fold is test; absent where the split has none. */
  readonly fold?: Fold;
  /** The generator that is test; absent where none was named. */
  readonly holdOut?: string;
  /** Rules of honest evaluation that the split breaks, a sentence each; absent when it is clean. */
  readonly leakage?: readonly string[];
  /** Hash of each prompt file that was used, the student's included, by prompt id. */
  readonly promptVersions: Readonly<Record<string, string>>;
  readonly sources: readonly CorpusSource[];
}

/** A dataset behind the corpus, as its card names it. */
export interface CorpusSource {
  readonly dataset: string;
  readonly source: string | null;
  readonly licence: string | null;
}

export interface CorpusTeacher {
  readonly teacher: string;
  readonly model: string;
  readonly rows: number;
}

/** What a corpus is. Holds no date: equal rows made by equal rules are the same corpus. */
export interface CorpusManifest extends CorpusMeta {
  readonly key: ContentHash;
  /** Hash over the rows in order; an export checks it while it writes. */
  readonly rowsHash: ContentHash;
  readonly rows: number;
  readonly images: number;
  readonly rowsBySplit: Readonly<Record<Split, number>>;
  readonly rowsByAspect: Readonly<Partial<Record<Aspect, number>>>;
  readonly ratedRows: number;
  readonly sawLabelRows: number;
  /** Rows of val and test that carry question and word only, because their description saw the label. */
  readonly wordOnlyRows: number;
  readonly teachers: readonly CorpusTeacher[];
  readonly wordBinning: string;
  /** Absent where no person touched a row. */
  readonly review?: ReviewCounts;
}

/** A manifest as `corpus.json` holds it. */
export function manifestJson(manifest: CorpusManifest) {
  return {
    key: manifest.key,
    rows_hash: manifest.rowsHash,
    rows: manifest.rows,
    images: manifest.images,
    rows_by_split: manifest.rowsBySplit,
    rows_by_aspect: manifest.rowsByAspect,
    rated_rows: manifest.ratedRows,
    saw_label_rows: manifest.sawLabelRows,
    word_only_rows: manifest.wordOnlyRows,
    split_by: manifest.splitBy,
    seed: manifest.seed,
    fractions: manifest.fractions,
    ...(manifest.fold === undefined ? {} : { fold: manifest.fold }),
    ...(manifest.holdOut === undefined ? {} : { hold_out: manifest.holdOut }),
    ...(manifest.leakage === undefined ? {} : { leakage: manifest.leakage }),
    word_binning: manifest.wordBinning,
    prompt_versions: Object.fromEntries(Object.entries(manifest.promptVersions).sort()),
    teachers: manifest.teachers,
    sources: manifest.sources,
    ...(manifest.review === undefined ? {} : { review: manifest.review }),
  };
}
