import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type BatchJobs, createBatchJobs } from './batch-jobs.ts';
import { checkCaller } from './check-caller.ts';
import { sendReply } from './deliver.ts';
import type { Double } from './double.ts';
import { createFileStore, type FileStore, type StoredFile } from './file-store.ts';
import { htmlReply, notFound, type Reply } from './google-errors.ts';
import { readBody } from './read-body.ts';
import { createBatch, listBatches, serveBatch } from './serve-batches.ts';
import { serveControl } from './serve-control.ts';
import { serveDownload, serveFile, serveUpload } from './serve-files.ts';
import { serveGenerate } from './serve-generate.ts';
import { getModel, listModels } from './serve-models.ts';

interface Rooms {
  readonly double: Double;
  readonly files: FileStore;
  readonly jobs: BatchJobs;
  /** Unfinished uploads by their id. */
  readonly uploads: Map<string, StoredFile>;
}

/** A server that isn't listening yet, and what must go with it. */
export interface DoubleServer {
  readonly server: Server;
  /** Removes the files of batches. */
  dispose(): void;
}

/** `@google/generative-ai` is told v1beta, `@google/genai` 3.1.0 says v1 of its own accord: both are served alike. */
const GENERATE = /\/v1(?:beta)?\/models\/([^/:?]+):generateContent(?:\?|$)/;
/** A base address may have a path, so anything may stand before. */
const OTHER = /^.*?\/((?:upload\/|download\/)?v1(?:beta)?|control)\/([^?]*)/;

export function createDoubleServer(double: Double): DoubleServer {
  const files = createFileStore();
  const rooms: Rooms = { double, files, jobs: createBatchJobs(double, files), uploads: new Map() };
  const server = createServer((request, response) => {
    route(rooms, request, response).catch((error: unknown) => {
      // A client that breaks off is its own business; anything else is a fault of this double and is said.
      if (!request.destroyed) console.error('gemini-double:', error);
      response.destroy();
    });
  });
  server.keepAliveTimeout = 120_000; // a reused connection must not race with a close of ours
  return { server, dispose: () => files.close() };
}

async function route(rooms: Rooms, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { double, files } = rooms;
  const { url = '/', method = 'GET' } = request;
  const generate = method === 'POST' ? GENERATE.exec(url)?.[1] : undefined;
  if (generate !== undefined) return serveGenerate(double, decodeURIComponent(generate), request, response);
  const [, area, path = ''] = OTHER.exec(url) ?? [];
  const stranger = area === 'control' ? null : checkCaller(double, request);
  const download = /^(files\/[^/:]+):download$/.exec(path)?.[1];
  if (stranger === null && download !== undefined && method === 'GET')
    return serveDownload(files, download, response);
  const reply = stranger ?? (await replyTo(rooms, request, area, method, path));
  sendReply(response, reply);
}

async function replyTo(
  rooms: Rooms,
  request: IncomingMessage,
  area: string | undefined,
  method: string,
  path: string,
): Promise<Reply> {
  const { double, files, jobs, uploads } = rooms;
  if (area?.startsWith('upload/') && path === 'files') return serveUpload(double, files, request, uploads);
  const body = await readBody(request, double.settings.maxBodyBytes);
  if (body === null) return htmlReply(413, 'Request Entity Too Large');
  if (area === 'control') return serveControl(double, method, path, body.toString('utf8'));
  const model = /^models\/([^/:]+)(?::(\w+))?$/.exec(path);
  if (path === 'models' && method === 'GET') return listModels(double);
  if (model?.[2] === 'batchGenerateContent' && method === 'POST') {
    return createBatch(double, files, jobs, model[1] ?? '', body);
  }
  if (model?.[1] !== undefined && model[2] === undefined && method === 'GET')
    return getModel(double, model[1]);
  if (path === 'batches') return listBatches(jobs, new URL(request.url ?? '', 'http://double').searchParams);
  if (path.startsWith('batches/')) return serveBatch(double, jobs, method, path);
  if (/^files(\/|$)/.test(path)) return serveFile(files, method, path);
  return notFound(`gemini-double has no ${method} ${request.url?.split('?')[0]}.`);
}
