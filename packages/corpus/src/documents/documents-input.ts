import type { Aspect, Split, TeacherFacts } from '@retort/schema';
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
