import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AuditRow } from '@retort/corpus';
import { fingerprintImage } from '@retort/images';
import { sha256 } from '@retort/schema';
import sharp, { type Sharp } from 'sharp';

/** Another file that shows a row's picture: what an audit sees of it. */
export type ImageCopy = Pick<AuditRow, 'imageKey' | 'fingerprint'>;

/** Pictures of the rows' images, and copies of them as people make them. */
export interface ImageCopies {
  of(row: AuditRow, change: (picture: Sharp) => Sharp): Promise<ImageCopy>;
}

/** @param dir folder of images by the name that ends a row's id */
export function createImageCopies(dir: string): ImageCopies {
  return {
    async of(row, change) {
      const bytes = await change(sharp(await readFile(join(dir, nameOf(row))))).toBuffer();
      return { imageKey: sha256(bytes), fingerprint: await fingerprintImage(bytes) };
    },
  };
}

/** The same rows with the fingerprints of their images. */
export async function withFingerprints(rows: readonly AuditRow[], dir: string): Promise<readonly AuditRow[]> {
  const fingerprints = new Map<string, Uint8Array | null>();
  const fingerprinted: AuditRow[] = [];
  for (const row of rows) {
    const name = nameOf(row);
    const fingerprint = fingerprints.get(name) ?? (await fingerprintImage(join(dir, name)));
    fingerprints.set(name, fingerprint);
    fingerprinted.push({ ...row, fingerprint });
  }
  return fingerprinted;
}

function nameOf({ id }: AuditRow): string {
  return id.split('/').slice(2).join('/');
}
