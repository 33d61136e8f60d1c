import { stat } from 'node:fs/promises';
import { PREPARE_V1, prepareImage } from '@retort/images';
import type { FileStamp, PreparedSample, SampleStamp } from '@retort/store';
import pLimit from 'p-limit';
import { RejectedRowError } from './import-dataset.ts';
import type { PipelineDeps } from './pipeline-deps.ts';

/** For a strict run: the picture that can't be used, in the words of a rejected row. */
export function rejectedSampleError(deps: PipelineDeps, sampleId: number, reason: string): RejectedRowError {
  const sample = deps.store.samples.get(sampleId);
  return new RejectedRowError({
    file: sample?.imagePath ?? '',
    row: sample?.row ?? null,
    name: sample?.name ?? null,
    reason,
  });
}

/** Files looked at together: enough to hide the disk's latency. */
const STATS_AT_ONCE = 32;
/** Stamp of a file that isn't there: looked at again each time. */
const NO_FILE: FileStamp = { bytes: -1, modifiedMs: -1 };

/** Samples whose picture was never prepared, has changed on disk since, or was prepared by another recipe. */
export async function samplesToPrepare(
  samples: readonly SampleStamp[],
  { strict }: { readonly strict: boolean } = { strict: false },
): Promise<readonly SampleStamp[]> {
  const limit = pLimit(STATS_AT_ONCE);
  // A strict run looks at refused pictures again, to stop at them again.
  const due = await Promise.all(
    samples.map((sample) => limit(() => (strict && sample.rejected) || isDue(sample))),
  );
  return samples.filter((_sample, index) => due[index]);
}

async function isDue({ stamp, recipe, imagePath }: SampleStamp): Promise<boolean> {
  if (stamp === null || recipe !== PREPARE_V1.version) return true;
  const today = await stampOf(imagePath);
  return today.bytes !== stamp.bytes || today.modifiedMs !== stamp.modifiedMs;
}

async function stampOf(path: string): Promise<FileStamp> {
  const file = await stat(path).catch(() => null);
  return file === null ? NO_FILE : { bytes: file.size, modifiedMs: file.mtimeMs };
}

/**
 * Prepares one sample's picture: checks it, makes the teacher's version of it and stores that as a blob.
 *
 * @returns what to record; a bad picture is `rejected` with its reason
 * @throws RetortError `disk-full`
 */
export async function prepareSample(deps: PipelineDeps, sampleId: number): Promise<PreparedSample | null> {
  const sample = deps.store.samples.get(sampleId);
  if (sample === null) return null;
  // Before reading: a file that changes meanwhile has a newer stamp and is prepared again.
  const stamp = await stampOf(sample.imagePath);
  const result = await prepareImage({ sourcePath: sample.imagePath, blobs: deps.blobs });
  const recipe = PREPARE_V1.version;
  if (result.kind === 'rejected') return { kind: 'rejected', recipe, reason: result.reason, stamp };
  const { sourceHash: hash, blobHash, mediaType, width, height, bytes: blobBytes } = result;
  return { kind: 'prepared', image: { hash, recipe, blobHash, mediaType, width, height, blobBytes }, stamp };
}
