import type { ServerResponse } from 'node:http';
import type { Ending } from './faults.ts';
import type { Reply } from './google-errors.ts';

const DRIP_PIECES = 10;

/** Sends a whole reply. */
export function sendReply(response: ServerResponse, { status, contentType, body, headers }: Reply): void {
  if (response.destroyed) return;
  const length = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
  response.writeHead(status, { 'content-type': contentType, 'content-length': length, ...headers });
  response.end(body);
}

/** Lets a reply go out the way an ending wants it: whole, in half, drop by drop, or not at all. */
export function deliver(response: ServerResponse, ending: Ending, reply: Reply, dripMs: number): void {
  switch (ending) {
    case 'silence':
      return; // the client's to end
    case 'disconnect':
      response.socket?.resetAndDestroy();
      return;
    case 'half-answer':
      sendHalf(response, reply);
      return;
    case 'drip':
      drip(response, reply, dripMs);
      return;
    default:
      sendReply(response, reply);
  }
}

function sendHalf(response: ServerResponse, { status, contentType, body }: Reply): void {
  const bytes = Buffer.from(body);
  response.writeHead(status, { 'content-type': contentType, 'content-length': bytes.length });
  // Only when the half is on its way may the connection go, or nothing of it would arrive.
  response.write(bytes.subarray(0, bytes.length >> 1), () => response.socket?.destroySoon());
}

function drip(response: ServerResponse, { status, contentType, body }: Reply, overMs: number): void {
  const bytes = Buffer.from(body);
  const size = Math.ceil(bytes.length / DRIP_PIECES);
  response.writeHead(status, { 'content-type': contentType, 'content-length': bytes.length });
  let sent = 0;
  const sendNext = () => {
    if (response.destroyed) return;
    response.write(bytes.subarray(sent, sent + size));
    sent += size;
    if (sent >= bytes.length) response.end();
    else setTimeout(sendNext, overMs / (DRIP_PIECES - 1)).unref();
  };
  sendNext();
}
