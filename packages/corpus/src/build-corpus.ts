import { createHash } from 'node:crypto';
import {
  type Aspect,
  type ContentHash,
  type CorpusRow,
  canonicalJson,
  type ReviewCounts,
  type Split,
  sha256,
  WORD_BINNING,
} from '@retort/schema';
import { createKeyTable } from './audit/key-table.ts';
import { createByteBlock } from './byte-block.ts';
import { canonicalRow } from './canonical-row.ts';
import { isWordOnly } from './conversation-shape.ts';
import { eachRow } from './each-row.ts';
import { CorpusEmptyError, CorpusRowError } from './errors.ts';
import type { AnyIterable } from './evaluation-row.ts';
import type { CorpusManifest, CorpusMeta, CorpusTeacher } from './manifest.ts';
import { compareRows, rowId } from './row-id.ts';

/** Raised when the meaning of a corpus key changes. */
const CORPUS_KEY_VERSION = 1;
/** Bytes hashed at once: a call a row would take longer than its hashing. */
const HASH_BLOCK_BYTES = 64 * 1024;

/**
 * Names a corpus by its content: the key covers every row in order, the split (rule, seed, fractions, fold, generator held
 * out, leakage), prompt versions, word binning, teachers and, where people reviewed rows, how many. Holds one row at a time;
 * rows must come ordered by `compareRows`, each once.
 *
 * @param rejectedRows rows that people took out, which are not among `rows`
 * @throws CorpusRowError for a row out of order or twice; CorpusEmptyError without rows
 */
export async function buildCorpus(
  rows: AnyIterable<CorpusRow>,
  meta: CorpusMeta,
  rejectedRows = 0,
): Promise<{ key: ContentHash; manifest: CorpusManifest }> {
  const tally = createTally();
  const hasher = createRowsHasher();
  await eachRow(rows, (row) => {
    hasher.add(row);
    tally.add(row);
  });
  const { reviewedRows, ...counted } = tally.counts();
  if (counted.rows === 0) throw new CorpusEmptyError();
  const rowsHash = hasher.digest();
  const review = reviewOf({ ...reviewedRows, rejected: rejectedRows });
  const key = sha256(
    canonicalJson({
      keyVersion: CORPUS_KEY_VERSION,
      rowsHash,
      splitBy: meta.splitBy,
      seed: meta.seed,
      fractions: meta.fractions,
      // Members that are absent leave the key as it was without them.
      ...(meta.fold === undefined ? {} : { fold: meta.fold }),
      ...(meta.holdOut === undefined ? {} : { holdOut: meta.holdOut }),
      ...(meta.leakage === undefined ? {} : { leakage: meta.leakage }),
      promptVersions: meta.promptVersions,
      wordBinning: WORD_BINNING.version,
      teachers: counted.teachers.map(({ teacher, model }) => ({ teacher, model })),
      ...review,
    }),
  );
  return {
    key,
    manifest: { ...meta, key, rowsHash, wordBinning: WORD_BINNING.version, ...counted, ...review },
  };
}

/** Nothing where nobody touched a row, so that such a corpus keeps its key. */
function reviewOf(review: ReviewCounts): { readonly review?: ReviewCounts } {
  return Object.values(review).some((rows) => rows > 0) ? { review } : {};
}

/** Hashes rows one after the other; refuses a row that isn't after its predecessor. */
export function createRowsHasher() {
  const hash = createHash('sha256');
  const block = createByteBlock(HASH_BLOCK_BYTES);
  let previous: CorpusRow | undefined;
  return {
    add(row: CorpusRow): void {
      if (previous !== undefined && compareRows(previous, row) >= 0) {
        throw new CorpusRowError(
          rowId(row),
          `comes after ${rowId(previous)}: rows must be ordered by aspect and sample name, each once.`,
        );
      }
      previous = row;
      const line = `${canonicalRow(row)}\n`;
      if (block.append(line)) return;
      hash.update(block.take());
      if (!block.append(line)) hash.update(line);
    },
    digest: (): ContentHash => `sha256:${hash.update(block.take()).digest('hex')}`,
  };
}

function createTally() {
  const bySplit: Record<Split, number> = { train: 0, val: 0, test: 0 };
  const byAspect: Partial<Record<Aspect, number>> = {};
  const images = createKeyTable();
  const teachers = createTeacherTally();
  const reviewedRows = { accepted: 0, edited: 0 };
  let [rows, ratedRows, sawLabelRows, wordOnlyRows] = [0, 0, 0, 0];
  return {
    add(row: CorpusRow): void {
      rows += 1;
      bySplit[row.split] += 1;
      byAspect[row.aspect] = (byAspect[row.aspect] ?? 0) + 1;
      images.indexOf(row.blobHash);
      if (row.mos !== null) ratedRows += 1;
      if (row.sawLabel) sawLabelRows += 1;
      if (isWordOnly(row.turns)) wordOnlyRows += 1;
      if (row.review !== undefined) reviewedRows[row.review] += 1;
      teachers.add(row);
    },
    counts: () => ({
      rows,
      images: images.count,
      rowsBySplit: bySplit,
      rowsByAspect: byAspect,
      ratedRows,
      sawLabelRows,
      wordOnlyRows,
      reviewedRows: { ...reviewedRows },
      teachers: teachers.counts(),
    }),
  };
}

/** Rows by teacher and model, ordered by the JSON of both. */
function createTeacherTally() {
  const byTeacher = new Map<string, Map<string, number>>();
  return {
    add({ teacher, model }: CorpusRow): void {
      const byModel = byTeacher.get(teacher) ?? new Map<string, number>();
      byTeacher.set(teacher, byModel.set(model, (byModel.get(model) ?? 0) + 1));
    },
    counts: (): readonly CorpusTeacher[] =>
      [...byTeacher]
        .flatMap(([teacher, byModel]) => [...byModel].map(([model, rows]) => ({ teacher, model, rows })))
        .map((counted) => ({ counted, name: canonicalJson([counted.teacher, counted.model]) }))
        .sort((a, b) => (a.name < b.name ? -1 : 1))
        .map(({ counted }) => counted),
  };
}
