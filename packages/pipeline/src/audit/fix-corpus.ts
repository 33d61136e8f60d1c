import {
  audit,
  buildCorpus,
  compareRows,
  corpusMetaOf,
  evaluationRow,
  FINDING_ROWS_MAX,
  repairRow,
} from '@retort/corpus';
import { type CorpusRow, type Turn, wordLabelOf } from '@retort/schema';
import { loadCorpus } from '../export-run.ts';
import type { PipelineDeps } from '../pipeline-deps.ts';
import { auditRowInHome } from './audit-corpus.ts';
import { cleanText } from './clean-text.ts';
import { fingerprintRows } from './fingerprint-images.ts';
import { createRepairTally, type RepairCounts } from './repair-tally.ts';

export interface FixedCorpus extends RepairCounts {
  /** The corpus's own key when there was nothing to repair. */
  readonly key: string;
}

/** Stores a corpus with the safe repairs under a key of its own; the original stays. @throws CorpusMissingError, CorpusEmptyError */
export async function fixCorpus(deps: PipelineDeps, key: string): Promise<FixedCorpus> {
  const { store } = deps;
  const { manifest } = loadCorpus(deps, key);
  await fingerprintRows(deps, store.corpora.rows(key));
  const tally = createRepairTally();
  const kept: CorpusRow[] = [];
  for (const row of store.corpora.rows(key)) {
    // What val and test may show is decided when they are read: the stored conversation is whole.
    const seen = { ...(await auditRowInHome(deps, row)), split: 'train' as const };
    const result = repairRow(seen, { clean: cleanText, dropMissingImages: true });
    tally.add(result);
    if (result.kind === 'dropped') continue;
    kept.push(result.kind === 'same' ? row : withTurns(row, result.turns as readonly Turn[])); // roles are the row's own
  }
  kept.sort(compareRows);
  const built = await buildCorpus(shown(kept), corpusMetaOf(manifest), manifest.review?.rejected);
  if (built.key === key) return { key, ...tally.counts() };
  const report = await audit(
    asExported(deps, kept),
    { splitBy: manifest.splitBy },
    { maxRows: FINDING_ROWS_MAX },
  );
  store.transaction(() => {
    const rows = kept.map((row) => ({ conversationId: save(deps, row), split: row.split }));
    store.corpora.save({ key: built.key, manifest: built.manifest, audit: report, rows });
  });
  return { key: built.key, ...tally.counts() };
}

/** Rows as their splits may show them: what a corpus is named by, audited and exported. */
function* shown(rows: readonly CorpusRow[]): Generator<CorpusRow> {
  for (const stored of rows) {
    const row = evaluationRow(stored);
    if (row !== null) yield row;
  }
}

async function* asExported(deps: PipelineDeps, rows: readonly CorpusRow[]) {
  for (const row of shown(rows)) yield await auditRowInHome(deps, row);
}

function withTurns(row: CorpusRow, turns: readonly Turn[]): CorpusRow {
  return { ...row, turns, wordLabel: row.mos === null ? row.wordLabel : wordLabelOf(row.mos) };
}

function save(deps: PipelineDeps, { split: _, ...conversation }: CorpusRow): number {
  const named = deps.store.samples.named(conversation.dataset, conversation.sampleName);
  if (named === null) throw new TypeError(`no sample ${conversation.dataset}/${conversation.sampleName}`);
  return deps.store.conversations.save(named.sample.id, conversation);
}
