import { fingerprintImage } from '@retort/images';
import { FINGERPRINT, type JobProgress } from '@retort/schema';
import pLimit from 'p-limit';
import type { PipelineDeps } from '../pipeline-deps.ts';

/** What of an image is needed: the hash of its source, and its prepared picture. */
export interface FingerprintSource {
  readonly imageHash: string;
  readonly blobHash: string;
}

/** Threads on which Node decodes images, unless it was told another number. */
const DECODED_AT_ONCE = 4;
/** Images whose fingerprints are stored together: a commit waits for the disk. */
const STORED_TOGETHER = 256;

/**
 * The fingerprints of images by the hash of their source, null for one with too little to compare. Those that the store lacks are
 * made from the prepared pictures, several at a time, and stored.
 *
 * @param onProgress hears of what has to be made; never called when all are known
 * @throws RetortError `blob-missing` for an image whose picture is gone, `disk-full`
 */
export async function fingerprintImages(
  { store, blobs }: Pick<PipelineDeps, 'store' | 'blobs'>,
  sources: Iterable<FingerprintSource>,
  onProgress: (progress: JobProgress) => void = () => undefined,
): Promise<ReadonlyMap<string, Uint8Array | null>> {
  const { algorithm } = FINGERPRINT;
  const fingerprints = new Map<string, Uint8Array | null>();
  const missing = new Map<string, string>();
  for (const { imageHash, blobHash } of sources) {
    if (fingerprints.has(imageHash) || missing.has(imageHash)) continue;
    const known = store.fingerprints.get(imageHash, algorithm);
    if (known === undefined) missing.set(imageHash, blobHash);
    else fingerprints.set(imageHash, known);
  }
  const limit = pLimit(DECODED_AT_ONCE);
  const due = [...missing];
  for (let done = 0; done < due.length; done += STORED_TOGETHER) {
    onProgress({ done, total: due.length, unit: 'image', note: null });
    const made = await Promise.all(
      due
        .slice(done, done + STORED_TOGETHER)
        .map(([imageHash, blobHash]) =>
          limit(async () => [imageHash, await fingerprintImage(await blobs.read(blobHash))] as const),
        ),
    );
    store.transaction(() => {
      for (const [imageHash, bits] of made) store.fingerprints.save(imageHash, algorithm, bits);
    });
    for (const [imageHash, bits] of made) fingerprints.set(imageHash, bits);
  }
  return fingerprints;
}

/**
 * Makes the fingerprints that the store lacks for the images of `rows`, so that the rows can be read again while nothing is
 * written: SQLite takes no write beside an open read. An image whose picture is gone is left out.
 */
export async function fingerprintRows(
  deps: Pick<PipelineDeps, 'store' | 'blobs'>,
  rows: Iterable<FingerprintSource>,
): Promise<void> {
  const due = new Map<string, FingerprintSource>();
  for (const { imageHash, blobHash } of rows) {
    if (deps.store.fingerprints.get(imageHash, FINGERPRINT.algorithm) === undefined)
      due.set(imageHash, { imageHash, blobHash });
  }
  const there: FingerprintSource[] = [];
  for (const source of due.values()) if (await deps.blobs.has(source.blobHash)) there.push(source);
  await fingerprintImages(deps, there);
}
