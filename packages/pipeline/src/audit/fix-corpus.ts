import {
  audit,
  buildCorpus,
  compareRows,
  corpusMetaOf,
  descriptionOf,
  evaluationRow,
  FINDING_ROWS_MAX,
  repairRow,
} from '@retort/corpus';
import { type CorpusRow, type Turn, wordLabelOf } from '@retort/schema';
import { loadCorpus } from '../load-corpus.ts';
import type { PipelineDeps } from '../pipeline-deps.ts';
import { openDefaultTokenCounter } from '../token-counts.ts';
import { auditRowInHome, corpusAuditRows } from './audit-corpus.ts';
import { cleanText } from './clean-text.ts';
import { createRepairTally, type RepairCounts } from './repair-tally.ts';
import { toStoredAudit } from './stored-audit.ts';

export interface FixedCorpus extends RepairCounts {
  /** The corpus's own key when there was nothing to repair. */
  readonly key: string;
}

/** Stores a corpus with the safe repairs under a key of its own; the original stays. @throws CorpusMissingError, CorpusEmptyError */
export async function fixCorpus(deps: PipelineDeps, key: string): Promise<FixedCorpus> {
  const { store } = deps;
  const { manifest } = loadCorpus(deps, key);
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
  const tokenCounter = await openDefaultTokenCounter(deps);
  const report = await audit(
    corpusAuditRows(deps, () => shown(kept)),
    { splitBy: manifest.splitBy, tokenCounter },
    { maxRows: FINDING_ROWS_MAX },
  ).finally(tokenCounter.close);
  store.transaction(() => {
    const rows = kept.map((row) => ({ conversationId: save(deps, row), split: row.split }));
    store.corpora.save({ key: built.key, manifest: built.manifest, audit: toStoredAudit(report), rows });
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

/** A person accepted the text that stood there: of another one the mark would say too much. */
function withTurns({ review, ...row }: CorpusRow, turns: readonly Turn[]): CorpusRow {
  const isStillMeant = review === 'edited' || descriptionOf({ turns }) === descriptionOf(row);
  return {
    ...row,
    turns,
    wordLabel: row.mos === null ? row.wordLabel : wordLabelOf(row.mos),
    ...(review !== undefined && isStillMeant ? { review } : {}),
  };
}

function save(deps: PipelineDeps, { split: _, ...conversation }: CorpusRow): number {
  const named = deps.store.samples.named(conversation.dataset, conversation.sampleName);
  if (named === null) throw new TypeError(`no sample ${conversation.dataset}/${conversation.sampleName}`);
  return deps.store.conversations.save(named.sample.id, conversation);
}
