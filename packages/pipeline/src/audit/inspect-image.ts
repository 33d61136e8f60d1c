import { readFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { fingerprintImage } from '@retort/images';
import { errorCodeOf, sha256 } from '@retort/schema';
import sharp from 'sharp';

/** What an audit knows of a picture that a row names. */
export interface InspectedImage {
  /** Equal keys are one picture: the file's hash, or the path where there is no file; null where none is named. */
  readonly key: string | null;
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

/** Looks at pictures, at each once as long as it is remembered. */
export interface ImageInspector {
  /** @param path as it stands in `file` */
  inNamedFile(path: string, file: string): Promise<InspectedImage>;
  /** @param name to speak of it */
  inBytes(bytes: Uint8Array, name: string): Promise<InspectedImage>;
  /** Pictures that were read and decoded, or failed to be. */
  readonly looked: number;
}

/** Looks for pictures beside the file, a folder above it, in the working directory and in `imagesDir`, and decodes them. */
export function createImageInspector(places: Omit<ImagePlaces, 'file'>): ImageInspector {
  const known = new Map<string, InspectedImage>();
  let looked = 0;
  const remember = async (name: string, look: () => Promise<InspectedImage>): Promise<InspectedImage> => {
    const remembered = known.get(name);
    if (remembered !== undefined) return remembered;
    const inspected = await look();
    looked += 1;
    if (known.size >= REMEMBERED) known.clear();
    known.set(name, inspected);
    return inspected;
  };
  return {
    inNamedFile: (path, file) =>
      remember(`${dirname(file)}\n${path}`, () => inspectFile(path, candidates(path, { ...places, file }))),
    inBytes: (bytes, name) => {
      const hash = sha256(bytes);
      return remember(hash, () => inspectBytes(bytes, hash, name));
    },
    get looked() {
      return looked;
    },
  };
}

function candidates(path: string, { file, workingDir, imagesDir }: ImagePlaces): readonly string[] {
  const elsewhere = imagesDir === null ? [] : [join(imagesDir, path), join(imagesDir, basename(path))];
  if (isAbsolute(path)) return [path, ...elsewhere];
  const folder = dirname(file);
  return [...elsewhere, resolve(folder, path), resolve(folder, '..', path), resolve(workingDir, path)];
}

async function inspectFile(path: string, places: readonly string[]): Promise<InspectedImage> {
  if (path === '') return unusable('', 'the path of its image is empty');
  for (const place of places) {
    const bytes = await readIfThere(place);
    if (bytes !== null) return inspectBytes(bytes, sha256(bytes), path);
  }
  return unusable(path, `${path} isn't there`);
}

async function inspectBytes(bytes: Uint8Array, hash: string, name: string): Promise<InspectedImage> {
  try {
    const { autoOrient } = await sharp(bytes).metadata();
    // Decodes all of it, and fails where a part is missing.
    const fingerprint = await fingerprintImage(bytes);
    return { key: hash, problem: null, width: autoOrient.width, height: autoOrient.height, fingerprint };
  } catch (error) {
    // What sharp says of bytes that are no picture is the finding.
    return unusable(hash, `${name} is no image that can be decoded: ${messageOf(error)}`);
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
