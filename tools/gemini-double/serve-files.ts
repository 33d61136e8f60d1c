import { createReadStream } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { sendReply } from './deliver.ts';
import type { Double } from './double.ts';
import type { FileStore, StoredFile } from './file-store.ts';
import { MAX_FILE_BYTES } from './file-store.ts';
import { invalidArgument, jsonReply, notFound, type Reply } from './google-errors.ts';
import { readBody } from './read-body.ts';

/** Files are kept for two days at Google, and as long as it runs here. */
const LIFETIME_MS = 172_800_000;
const MAX_START_BYTES = 100_000;

const startSchema = z
  .object({ file: z.object({ displayName: z.string().optional() }).optional() })
  .optional();

/** `POST upload/v1beta/files`: the resumable protocol, its start and its chunks, as `@google/genai` 3.1.0 speaks it. */
export async function serveUpload(
  double: Double,
  files: FileStore,
  request: IncomingMessage,
  uploads: Map<string, StoredFile>,
): Promise<Reply> {
  const url = new URL(request.url ?? '/', `http://${request.headers.host ?? '127.0.0.1'}`);
  const command = String(request.headers['x-goog-upload-command'] ?? '');
  const uploadId = url.searchParams.get('upload_id');
  if (uploadId === null) {
    if (command !== 'start')
      return invalidArgument('Expected X-Goog-Upload-Command: start (resumable upload).');
    return startUpload(double, files, request, uploads, url);
  }
  const file = uploads.get(uploadId);
  if (file === undefined) return notFound(`There is no upload ${uploadId}.`);
  const offset = Number(request.headers['x-goog-upload-offset'] ?? 0);
  const stored = await files.append(file, offset, request);
  if (stored !== 'stored') return invalidArgument(`The upload can't go on: ${stored}.`);
  if (!command.includes('finalize')) return jsonReply({}, { 'x-goog-upload-status': 'active' });
  uploads.delete(uploadId);
  file.complete = true;
  return jsonReply({ file: describeFile(files, file) }, { 'x-goog-upload-status': 'final' });
}

async function startUpload(
  double: Double,
  files: FileStore,
  request: IncomingMessage,
  uploads: Map<string, StoredFile>,
  url: URL,
): Promise<Reply> {
  const declared = Number(request.headers['x-goog-upload-header-content-length'] ?? 0);
  if (declared > MAX_FILE_BYTES) return invalidArgument(`A file has at most ${MAX_FILE_BYTES} bytes.`);
  const body = await readBody(request, MAX_START_BYTES);
  const facts = startSchema.safeParse(body === null || body.length === 0 ? {} : readJson(body));
  if (!facts.success) return invalidArgument('Invalid file metadata.');
  const id = double.nextId();
  const file = files.create(`files/${id}`, {
    displayName: facts.data?.file?.displayName ?? null,
    mimeType: String(request.headers['x-goog-upload-header-content-type'] ?? 'application/octet-stream'),
    createdAtMs: double.now(),
  });
  uploads.set(id, file);
  url.search = `?upload_id=${id}&upload_protocol=resumable`;
  return jsonReply({}, { 'x-goog-upload-status': 'active', 'x-goog-upload-url': url.href });
}

/** `files/{id}` and `files`: looking, listing, deleting. */
export function serveFile(files: FileStore, method: string, name: string): Reply {
  if (name === 'files') return jsonReply({ files: files.list().map((file) => describeFile(files, file)) });
  const file = files.get(name);
  if (file === undefined) return notFound(`There is no ${name}.`);
  if (method !== 'DELETE') return jsonReply(describeFile(files, file));
  files.remove(name);
  return jsonReply({});
}

/** `files/{id}:download?alt=media`. */
export function serveDownload(files: FileStore, name: string, response: ServerResponse): void {
  const file = files.get(name);
  if (file === undefined) {
    sendReply(response, notFound(`There is no ${name}.`));
    return;
  }
  response.writeHead(200, { 'content-type': file.mimeType, 'content-length': files.sizeOf(file) });
  createReadStream(file.path)
    .on('error', () => response.destroy())
    .pipe(response);
}

function describeFile(files: FileStore, file: StoredFile): object {
  const { name, displayName, mimeType, createdAtMs } = file;
  const createTime = new Date(createdAtMs).toISOString();
  return {
    name,
    ...(displayName === null ? {} : { displayName }),
    mimeType,
    sizeBytes: String(files.sizeOf(file)),
    createTime,
    updateTime: createTime,
    expirationTime: new Date(createdAtMs + LIFETIME_MS).toISOString(),
    uri: `https://generativelanguage.googleapis.com/v1beta/${name}`,
    state: 'ACTIVE',
    source: 'UPLOADED',
  };
}

function readJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return null;
  }
}
