import { NO_CONTEXT } from '../../../packages/corpus/src/audit/finding.ts';
import type { DocumentsInput } from '../../../packages/corpus/src/documents/documents-input.ts';
import {
  audit,
  auditRowOf,
  buildCorpus,
  DEFAULT_SPLIT_FRACTIONS,
} from '../../../packages/corpus/src/index.ts';
import { rowsOfAllSplits } from '../export/export-options.ts';

/** What the documents of a small export are made from; a test changes one member. */
export async function documentsInput(change: Partial<DocumentsInput> = {}): Promise<DocumentsInput> {
  const rows = rowsOfAllSplits();
  const { manifest } = await buildCorpus(rows, {
    splitBy: 'image-prompt',
    seed: 1,
    fractions: DEFAULT_SPLIT_FRACTIONS,
    promptVersions: { 'quality/blind.v1': `sha256:${'12'.repeat(32)}` },
    sources: [{ dataset: 'agiqa-3k', source: 'Li et al., 2023', licence: 'MIT' }],
  });
  const file = (split: 'train' | 'val' | 'test', count: number) => ({
    path: `ms-swift/${split}.jsonl`,
    split,
    bytes: count * 100,
    sha256: 'ab'.repeat(32),
    rows: count,
  });
  return {
    manifest,
    audit: await audit(
      rows.map((row) => auditRowOf(row)),
      { ...NO_CONTEXT, splitBy: 'image-prompt' },
    ),
    formats: [{ name: 'ms-swift', files: [file('train', 3), file('val', 2), file('test', 2)] }],
    teachers: [TEACHER],
    command: 'pnpm distill export --format ms-swift --out corpus',
    images: 'folder',
    joined: null,
    tokenShares: [],
    maxTokens: null,
    ...change,
  };
}

/** What a store says of seven answers that were paid for. */
export const TEACHER = {
  teacher: 'gemini',
  model: 'gemini-1.5-pro',
  modelVersion: 'gemini-1.5-pro-002',
  attempts: 8,
  answers: 7,
  firstRecordedAt: null,
  lastRecordedAt: null,
  firstFinishedAt: '2026-03-01T23:00:00.000Z',
  lastFinishedAt: '2026-03-04T01:00:00.000Z',
  knownUsd: 0.125,
  unknownCost: 0,
} as const;
