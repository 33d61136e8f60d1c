import { join } from 'node:path';
import { type VerifiedExport, verifyExport } from '@retort/corpus';
import { type HubAccess, type PushResult, pushFiles } from '@retort/hub';
import { RetortError } from '@retort/schema';

/** An export that shouldn't be published as it is. */
export class ExportNotFitError extends RetortError {
  readonly code = 'usage';
}

export interface PushAllowances {
  /** Publish although the audit found errors. */
  readonly findings: boolean;
  /** Publish although files are missing or were changed since. */
  readonly changes: boolean;
}

/**
 * An exported folder that may be published.
 *
 * @throws ExportNotFitError when it holds no images; when its audit found errors or its files aren't those that were exported, unless
 *   allowed
 */
export async function readPublishable(dir: string, allow: PushAllowances): Promise<VerifiedExport> {
  const found = await verifyExport(dir);
  if (found.imagesElsewhere) {
    throw new ExportNotFitError(
      `${dir} holds no images, it names them by their paths on this machine: export the corpus with --images copy.`,
    );
  }
  if (found.changed.length > 0 && !allow.changes) {
    throw new ExportNotFitError(
      `${found.changed.length} files of ${dir} are missing or were changed since the export, the first is ${found.changed[0]}: ` +
        'export the corpus again, or say --allow-changed.',
    );
  }
  if (found.errors.length > 0 && !allow.findings) {
    throw new ExportNotFitError(
      `The audit of ${dir} found errors (${found.errors.join(', ')}): mend the corpus, or say --allow-findings.`,
    );
  }
  return found;
}

export interface PushExportOptions {
  readonly dir: string;
  readonly found: VerifiedExport;
  readonly repo: string;
  readonly isPrivate: boolean;
  readonly hub: HubAccess;
  readonly onProgress: (sent: number, files: number) => void;
}

/** Sends an exported folder to a dataset repository on the hub; the same call goes on where one broke off. */
export function pushExport({ dir, found, ...options }: PushExportOptions): Promise<PushResult> {
  const files = found.files.map((file) => ({ ...file, file: join(dir, file.path) }));
  return pushFiles({ ...options, files, title: `Corpus ${found.key} (${found.rows} rows), by Retort` });
}
