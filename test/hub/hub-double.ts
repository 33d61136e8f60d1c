import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

interface StoredFile {
  readonly bytes: Buffer;
  readonly isLarge: boolean;
}

/** A stand-in for the hub's dataset repositories: create, tree, preupload, large files, commit. Files above 100 bytes are large. */
export interface HubDouble {
  readonly url: string;
  readonly repos: Map<string, Map<string, StoredFile>>;
  readonly visibility: Map<string, string>;
  /** Method and path of each request. */
  readonly asked: string[];
  /** The authorization headers seen. */
  readonly tokens: Set<string>;
  /** Commits that are still to be refused. */
  refuseAfter: number;
}

const LARGE_BYTES = 100;
const JSON_TYPE = { 'content-type': 'application/json' };

export async function startHubDouble(token = 'hf_secret'): Promise<HubDouble> {
  const large = new Map<string, Buffer>();
  const double = {
    url: '',
    repos: new Map<string, Map<string, StoredFile>>(),
    visibility: new Map<string, string>(),
    asked: [] as string[],
    tokens: new Set<string>(),
    refuseAfter: Number.POSITIVE_INFINITY,
  };
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? '', 'http://hub').pathname;
    double.asked.push(`${request.method} ${path}`);
    const body = await bodyOf(request);
    const answer = (status: number, value: unknown) =>
      response.writeHead(status, JSON_TYPE).end(JSON.stringify(value));
    if (path.startsWith('/large/')) {
      large.set(path.slice('/large/'.length), body);
      return answer(200, {});
    }
    double.tokens.add(request.headers.authorization ?? '');
    if (request.headers.authorization !== `Bearer ${token}`)
      return answer(401, { error: `no such user: ${request.headers.authorization}` });
    if (path === '/api/repos/create') {
      const { name, organization, visibility } = JSON.parse(body.toString());
      double.repos.set(`${organization}/${name}`, new Map());
      double.visibility.set(`${organization}/${name}`, visibility);
      return answer(200, { url: `${double.url}/datasets/${organization}/${name}`, id: '1' });
    }
    const repo = /^\/(?:api\/)?datasets\/([\w.-]+\/[\w.-]+?)(?:\.git)?\/(.*)$/.exec(path);
    const files = double.repos.get(repo?.[1] ?? '');
    if (files === undefined) return answer(404, { error: 'Repository not found' });
    const what = repo?.[2] ?? '';
    if (what.startsWith('tree/')) return answer(200, [...files].map(treeEntry));
    if (what.startsWith('preupload/')) {
      const asked: { path: string; size: number }[] = JSON.parse(body.toString()).files;
      const modeOf = (size: number) => (size > LARGE_BYTES ? 'lfs' : 'regular');
      return answer(200, {
        files: asked.map((file) => ({ path: file.path, uploadMode: modeOf(file.size) })),
      });
    }
    if (what === 'info/lfs/objects/batch') {
      const objects: { oid: string; size: number }[] = JSON.parse(body.toString()).objects;
      const upload = (oid: string) =>
        large.has(oid) ? {} : { actions: { upload: { href: `${double.url}/large/${oid}` } } };
      return answer(200, {
        transfer: 'basic',
        objects: objects.map((object) => ({ ...object, ...upload(object.oid) })),
      });
    }
    if (double.refuseAfter <= 0) return answer(503, { error: 'Try later' });
    double.refuseAfter -= 1;
    for (const line of body.toString().split('\n')) {
      const { key, value } = JSON.parse(line);
      if (key === 'lfsFile')
        files.set(value.path, { bytes: large.get(value.oid) ?? Buffer.of(), isLarge: true });
      if (key === 'file')
        files.set(value.path, { bytes: Buffer.from(value.content, 'base64'), isLarge: false });
    }
    return answer(200, { commitOid: 'c', commitUrl: `${double.url}/c`, hookOutput: '' });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  double.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // a TCP server that listens has one
  return double;
}

function treeEntry([path, { bytes, isLarge }]: [string, StoredFile]) {
  const oid = createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
  const lfs = { oid: createHash('sha256').update(bytes).digest('hex'), size: bytes.length, pointerSize: 130 };
  return {
    type: 'file',
    path,
    size: bytes.length,
    oid: isLarge ? 'of-the-pointer' : oid,
    ...(isLarge ? { lfs } : {}),
  };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer); // no encoding is set
  return Buffer.concat(pieces);
}
