import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { createTarDecoder } from 'modern-tar';
import { isObject } from './decode-row.ts';
import { withImageBytes } from './embedded-images.ts';
import type { ReadItem } from './read-row.ts';

const IMAGE_EXTENSIONS = new Set(['jpg', 'jpeg', 'png', 'webp', 'gif', 'bmp']);

/** What one key of an archive has gathered. */
interface Sample {
  readonly key: string;
  json: string | null;
  readonly images: { readonly bytes: Uint8Array; readonly path: string }[];
}

/** Rows of tar files: neighbours with one key, a `.json` with the conversation and any number of images. */
export async function* readWebdatasetRows(files: readonly string[]): AsyncGenerator<ReadItem> {
  for (const path of files) {
    // A file that isn't there is the caller's mistake; what is wrong inside one is told as an item.
    await (await open(path)).close();
    const name = basename(path);
    let sample: Sample | null = null;
    try {
      for await (const { header, body } of entriesOf(path)) {
        if (header.type !== undefined && header.type !== 'file') {
          await body.cancel();
          continue;
        }
        const [, key = '', extension = ''] = /^((?:.*\/)?[^./]*)\.?([^/]*)$/.exec(header.name) ?? [];
        if (sample !== null && sample.key !== key) yield decodeSample(sample, name);
        if (sample === null || sample.key !== key) sample = { key, json: null, images: [] };
        await take(sample, extension.toLowerCase(), header.name, body);
      }
    } catch (error) {
      yield { kind: 'unreadable', place: name, reason: `no tar archive from here on: ${String(error)}` };
    }
    if (sample !== null) yield decodeSample(sample, name);
  }
}

function entriesOf(path: string) {
  const decoder = createTarDecoder({ strict: true });
  return Readable.toWeb(createReadStream(path)).pipeThrough(decoder);
}

async function take(
  sample: Sample,
  extension: string,
  name: string,
  body: ReadableStream<Uint8Array>,
): Promise<void> {
  if (extension === 'json') sample.json = await new Response(body).text();
  else if (IMAGE_EXTENSIONS.has(extension))
    sample.images.push({ bytes: new Uint8Array(await new Response(body).arrayBuffer()), path: name });
  else await body.cancel();
}

function decodeSample(sample: Sample, file: string): ReadItem {
  const place = `${file} key ${sample.key}`;
  if (sample.json === null)
    return { kind: 'unreadable', place, reason: 'expected a .json with its conversation' };
  try {
    const row: unknown = JSON.parse(sample.json);
    if (!isObject(row)) return { kind: 'unreadable', place, reason: 'expected an object in its .json' };
    return withImageBytes(row, namedImages(sample, row.image_path), place);
  } catch (error) {
    // Somebody's file may hold anything: what is wrong with this row is told, and the next is read.
    if (!(error instanceof SyntaxError)) throw error;
    return { kind: 'unreadable', place, reason: `no JSON: ${error.message}` };
  }
}

/** Our rows say what their one picture is called outside the archive. */
function namedImages({ images }: Sample, path: unknown) {
  return images.map((image) =>
    images.length === 1 && typeof path === 'string' ? { bytes: image.bytes, path } : image,
  );
}
