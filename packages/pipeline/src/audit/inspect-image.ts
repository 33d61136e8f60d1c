import { readFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { fingerprintImage } from '@retort/images';
import { errorCodeOf, sha256 } from '@retort/schema';
import sharp from 'sharp';

/** What an audit knows of a picture that a row names. */
export interface InspectedImage {
  /** Equal keys are one picture: the file's hash, or the path where there is no file. */
  readonly key: string;
  readonly problem: string | null;
  readonly width: number | null;
  readonly height: number | null;
  /** To find pictures that look alike; null without a picture, or one with too little in it. */
  readonly fingerprint: Uint8Array | null;
}

export interface ImagePlaces {
  /** The file that names the picture. */
  readonly file: string;
  readonly workingDir: string;
  /** Another folder to look in; null for none. */
  readonly imagesDir: string | null;
}

/** Pictures remembered at a time: rows of one picture mostly stand near each other. */
const REMEMBERED = 50_000;
/** Errors of a path that holds no file. */
const ABSENT = new Set(['ENOENT', 'ENOTDIR', 'EISDIR', 'ENAMETOOLONG', 'ERR_INVALID_ARG_VALUE']);

/** Looks for pictures beside the file, a folder above it, in the working directory and in `imagesDir`, and decodes them. */
export function createImageInspector(places: Omit<ImagePlaces, 'file'>) {
  const known = new Map<string, InspectedImage>();
  return async (path: string, file: string): Promise<InspectedImage> => {
    const name = `${dirname(file)}\n${path}`;
    const remembered = known.get(name);
    if (remembered !== undefined) return remembered;
    const inspected = await inspect(path, candidates(path, { ...places, file }));
    if (known.size >= REMEMBERED) known.clear();
    known.set(name, inspected);
    return inspected;
  };
}

function candidates(path: string, { file, workingDir, imagesDir }: ImagePlaces): readonly string[] {
  const elsewhere = imagesDir === null ? [] : [join(imagesDir, path), join(imagesDir, basename(path))];
  if (isAbsolute(path)) return [path, ...elsewhere];
  const folder = dirname(file);
  return [...elsewhere, resolve(folder, path), resolve(folder, '..', path), resolve(workingDir, path)];
}

async function inspect(path: string, places: readonly string[]): Promise<InspectedImage> {
  if (path === '') return unusable(path, 'the path of its image is empty');
  for (const place of places) {
    const bytes = await readIfThere(place);
    if (bytes !== null) return inspectBytes(path, bytes);
  }
  return unusable(path, `${path} isn't there`);
}

/** Decodes a picture that a row carries, or a file of one. @param name for people */
export async function inspectBytes(name: string, bytes: Uint8Array): Promise<InspectedImage> {
  const key = sha256(bytes);
  try {
    const { autoOrient } = await sharp(bytes).metadata();
    // Decodes all of it, and fails where a part is missing.
    const fingerprint = await fingerprintImage(bytes);
    return { key, problem: null, width: autoOrient.width, height: autoOrient.height, fingerprint };
  } catch (error) {
    // What sharp says of bytes that are no picture is the finding.
    return unusable(key, `${name} is no image that can be decoded: ${messageOf(error)}`);
  }
}

function unusable(key: string, problem: string): InspectedImage {
  return { key, problem, width: null, height: null, fingerprint: null };
}

async function readIfThere(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if (ABSENT.has(errorCodeOf(error) ?? '')) return null;
    throw error;
  }
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\s+/gu, ' ');
}
