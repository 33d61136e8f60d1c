import type { Aspect, Split } from '@retort/schema';
import type { AuditReport } from '../audit/finding.ts';
import type { ImagePlacement } from '../export/export-files.ts';
import type { CorpusManifest } from '../manifest.ts';
import type { TokenShares } from '../tokens/token-shares.ts';

/** A data file of an export. */
export interface ExportedFile {
  /** From the corpus folder, with `/`. */
  readonly path: string;
  readonly split: Split;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
  readonly rows: number;
}

/** A format of an export with what it wrote; shards of a split in order. */
export interface ExportedFormat {
  readonly name: string;
  readonly files: readonly ExportedFile[];
  /** Columns as the YAML of a dataset card lists them, where the format knows them better than the card does. */
  readonly features?: readonly unknown[];
}

/** What the attempts behind a corpus say of one model version. Moments are UTC ISO 8601 text. */
export interface TeacherFacts {
  readonly teacher: string;
  readonly model: string;
  /** As the service called it in its answers; null where none said. */
  readonly modelVersion: string | null;
  readonly attempts: number;
  readonly answers: number;
  /** When the answers were first given, where a recording says so; null where none does. */
  readonly firstRecordedAt: string | null;
  readonly lastRecordedAt: string | null;
  /** When the attempts with an answer ended; null without one. */
  readonly firstFinishedAt: string | null;
  readonly lastFinishedAt: string | null;
  /** USD of the attempts whose cost is known. */
  readonly knownUsd: number;
  /** Attempts that may have cost something nobody knows. */
  readonly unknownCost: number;
}

/** Everything the documents of an export are made from. Equal input gives equal text. */
export interface DocumentsInput {
  readonly manifest: CorpusManifest;
  readonly audit: AuditReport;
  readonly formats: readonly ExportedFormat[];
  /** From the store; empty where the corpus came without one. */
  readonly teachers: readonly TeacherFacts[];
  /** The line that writes this export again; null where nobody typed one. */
  readonly command: string | null;
  /** How the files name the images. */
  readonly images: ImagePlacement;
  /** The aspects that one conversation is about; null where each is about its own. */
  readonly joined: readonly Aspect[] | null;
  /** How many rows each limit cuts, by student; empty where nothing was counted. */
  readonly tokenShares: readonly TokenShares[];
  /** Tokens a row may have for the trainer; null for what trainers default to. */
  readonly maxTokens: number | null;
}
