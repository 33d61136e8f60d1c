import { readFile } from 'node:fs/promises';
import { posix } from 'node:path';
import { type Aspect, aspectSchema, type ContentHash, errorCodeOf, sha256 } from '@retort/schema';
import { z } from 'zod';
import { readJson } from './http/read-json.ts';
import { RecordingsMissingAspectError, RecordingsUnreadableError } from './teacher-errors.ts';

/** One answer that a teacher really gave. */
export interface Recording {
  readonly image: string;
  readonly imageHash: string | null;
  readonly aspect: Aspect;
  readonly model: string;
  readonly response: string;
  /** The line of the file as it stands. */
  readonly rawLine: string;
  /** Counted from 1. */
  readonly line: number;
}

export interface RecordingLookup {
  readonly imageName: string;
  readonly aspect: Aspect;
  /** Hash of the image as a recording may name it; null where unknown. */
  readonly imageHash: string | null;
}

/** A file of recorded answers, in memory. */
export interface Recordings {
  readonly path: string;
  /** Of the whole file: other recordings are other answers. */
  readonly hash: ContentHash;
  readonly aspects: ReadonlySet<Aspect>;
  /** Models that gave the answers, sorted. */
  readonly models: readonly string[];
  readonly count: number;
  /** By the image's hash, else its name, else the last part of its name. */
  get(lookup: RecordingLookup): Recording | undefined;
}

/** Members nobody here reads are left alone: recordings may know more than we do. */
const recordingSchema = z.object({
  image: z.string().min(1),
  image_hash: z.string().startsWith('sha256:').nullish(),
  aspect: aspectSchema,
  model: z.string().min(1),
  response: z.string(),
});

/**
 * Reads JSON lines of `{image, aspect, model, response}`, optionally with `image_hash`.
 *
 * @throws RecordingsUnreadableError for a line of another shape, a second answer for the same image and aspect, or an
 *   empty or missing file
 */
export async function openRecordings(path: string): Promise<Recordings> {
  const bytes = await readBytes(path);
  const recordings = parseLines(path, bytes);
  if (recordings.length === 0) throw new RecordingsUnreadableError(path, null, 'it holds no recordings.');
  const byKey = indexRecordings(path, recordings);
  return {
    path,
    hash: sha256(bytes),
    aspects: new Set(recordings.map(({ aspect }) => aspect)),
    models: [...new Set(recordings.map(({ model }) => model))].sort(),
    count: recordings.length,
    get({ imageName, imageHash, aspect }) {
      const names = [...(imageHash === null ? [] : [imageHash]), imageName, posix.basename(imageName)];
      return names.map((name) => byKey.get(keyOf(name, aspect))).find((recording) => recording !== undefined);
    },
  };
}

/** For planning, before anything is asked. @throws RecordingsMissingAspectError */
export function requireRecordedAspects(recordings: Recordings, aspects: readonly Aspect[]): void {
  const missing = aspects.filter((aspect) => !recordings.aspects.has(aspect));
  if (missing.length > 0) {
    throw new RecordingsMissingAspectError(recordings.path, missing, [...recordings.aspects].sort());
  }
}

/** The answer in one line of recordings as it was stored; null when it can't be read. */
export function readRecordedAnswer(rawLine: string): { response: string; model: string } | null {
  const parsed = recordingSchema.safeParse(readJson(rawLine));
  return parsed.success ? { response: parsed.data.response, model: parsed.data.model } : null;
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new RecordingsUnreadableError(
      path,
      null,
      `it can't be read (${errorCodeOf(cause) ?? 'unknown error'}).`,
      {
        cause,
      },
    );
  }
}

function parseLines(path: string, bytes: Uint8Array): readonly Recording[] {
  const lines = decode(path, bytes).split('\n');
  return lines.flatMap((text, index) => {
    const rawLine = text.trim();
    return rawLine === '' ? [] : [parseLine(path, rawLine, index + 1)];
  });
}

function decode(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new RecordingsUnreadableError(path, null, 'expected UTF-8 text, but it has other bytes.', {
      cause,
    });
  }
}

function parseLine(path: string, rawLine: string, line: number): Recording {
  const parsed = recordingSchema.safeParse(parseJson(path, rawLine, line));
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      (issue) => `${issue.path.join('.') || 'line'}: ${issue.message}`,
    );
    throw new RecordingsUnreadableError(path, line, problems.join('; '));
  }
  const { image_hash: imageHash, ...rest } = parsed.data;
  return { ...rest, imageHash: imageHash ?? null, rawLine, line };
}

function parseJson(path: string, rawLine: string, line: number): unknown {
  try {
    return JSON.parse(rawLine);
  } catch (cause) {
    throw new RecordingsUnreadableError(path, line, 'expected one JSON object, but this is no JSON.', {
      cause,
    });
  }
}

function indexRecordings(path: string, recordings: readonly Recording[]): ReadonlyMap<string, Recording> {
  const byKey = new Map<string, Recording>();
  for (const recording of recordings) {
    const { image, imageHash, aspect, line } = recording;
    for (const name of imageHash === null ? [image] : [image, imageHash]) {
      const earlier = byKey.get(keyOf(name, aspect));
      if (earlier !== undefined) {
        const problem = `a second answer for ${name} and ${aspect}, after line ${earlier.line}: keep one of the two.`;
        throw new RecordingsUnreadableError(path, line, problem);
      }
      byKey.set(keyOf(name, aspect), recording);
    }
  }
  return byKey;
}

function keyOf(name: string, aspect: Aspect): string {
  return JSON.stringify([name, aspect]);
}
