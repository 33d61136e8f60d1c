export { AUDIT_VERSION, type AuditOptions, audit } from './audit/audit.ts';
export { type AuditRow, auditRowOf, mosOf } from './audit/audit-row.ts';
export { NEAR_DUPLICATE_BITS } from './audit/checks/near-duplicate.ts';
export {
  type AuditContext,
  type AuditReport,
  auditJson,
  FINDING_ROWS_MAX,
  type Finding,
  SEVERITIES,
  type Severity,
} from './audit/finding.ts';
export { findRefusalIn } from './audit/refusal/find-refusal.ts';
export { AUDIT_CHECKS } from './audit/registry.ts';
export { type RepairedRow, repairRow } from './audit/repair/repair-row.ts';
export { buildConversation, type ConversationInput, type ConversationSample } from './build-conversation.ts';
export { buildCorpus } from './build-corpus.ts';
export type { Estimate } from './compare/bootstrap.ts';
export type { MosComparison, MosFigures } from './compare/compare-predictions.ts';
export { compareTexts, type TextComparison, type TextPair } from './compare/compare-texts.ts';
export type { DistinctiveWord } from './compare/distinctive-words.ts';
export { type Spread, spreadOf } from './compare/summary-statistics.ts';
export { isSameText } from './compare/text-agreement.ts';
export { defuseControlTokens, findControlTokens, IMAGE_TOKEN } from './control-tokens.ts';
export { descriptionOf, IMAGE_LINE, isWordOnly } from './conversation-shape.ts';
export {
  CorpusEmptyError,
  CorpusImageMissingError,
  CorpusRowError,
  CorpusUsageError,
  DiskFullError,
  SplitLeaksError,
  SplitUnavailableError,
} from './errors.ts';
export { type AnyIterable, corpusRows, evaluationRow } from './evaluation-row.ts';
export {
  type ExportOptions,
  exportCorpus,
  type ImageMode,
} from './export/export-corpus.ts';
export { ROWS_FILE } from './export/export-files.ts';
export { type ExportedItem, isExport, readExportedRows } from './export/read-exported-rows.ts';
export { type VerifiedExport, verifyExport } from './export/verify-export.ts';
export { decodeRow } from './formats/decode-row.ts';
export { type FoundFormat, findFormatOf } from './formats/find-format-of.ts';
export type { CorpusFormat } from './formats/format.ts';
export { type JsonContainer, sniffJson } from './formats/json-container.ts';
export { jsonLine } from './formats/json-text.ts';
export { readJsonValues } from './formats/read-json-values.ts';
export type { ReadItem, ReadRow, ReadTurn } from './formats/read-row.ts';
export { CORPUS_FORMATS, findFormat } from './formats/registry.ts';
export { LORA_VARIANTS, type LoraVariant } from './lora/lora-variant.ts';
export { MINICPM_LLAMA3_V_2_5, MINICPM_V_4_6, STUDENTS, type Student } from './lora/student.ts';
export {
  type CorpusManifest,
  type CorpusMeta,
  corpusMetaOf,
} from './manifest.ts';
export { compareRows, rowId } from './row-id.ts';
export { isLeftOut, type LeftOutRow } from './shape/left-out.ts';
export {
  assertShape,
  type ExportShape,
  isWhole,
  shapeRow,
  WHOLE_CORPUS,
} from './shape/shape-rows.ts';
export { assignSplits } from './splits/assign-splits.ts';
export { describeLeakage } from './splits/leakage.ts';
export {
  DEFAULT_SPLIT_FRACTIONS,
  foldFractions,
  type SplitFractions,
  type SplitOptions,
  type SplitSample,
} from './splits/split-options.ts';
export { splitRuleNotes } from './splits/split-rule-notes.ts';
export type { TokenCountCache } from './tokens/cached-tokenizer.ts';
export { countsInOrder, type SequenceCountCache, type SequenceCounter } from './tokens/counts-in-order.ts';
export {
  createTokenCounter,
  type KeepingTokenCounter,
} from './tokens/create-token-counter.ts';
export type { TokenizerHub } from './tokens/fetch-tokenizer.ts';
export { loadTextTokenizer } from './tokens/load-text-tokenizer.ts';
export { DEFAULT_MAX_TOKENS } from './tokens/max-tokens.ts';
export type { TokenCounter } from './tokens/token-counter.ts';
export { findTokenRule, TOKEN_RULES } from './tokens/token-rules.ts';
export { createTokenTally, type TokenShares, tokenSharesText } from './tokens/token-shares.ts';
export { type TrainingCommandOptions, trainingCommand } from './training-command.ts';
