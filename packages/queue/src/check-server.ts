import { RetortError } from '@retort/schema';
import { Redis } from 'ioredis';
import { redisOptions } from './connection.ts';

/** How long a server of the user's may take to answer, in ms. */
const ANSWER_TIMEOUT_MS = 5000;

export class QueueServerUnreachableError extends RetortError {
  readonly code = 'queue-server-missing';
  constructor(host: string, cause: unknown) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    super(
      `The queue server at ${host}, which REDIS_URL names, doesn't answer (${detail}): start it, mend REDIS_URL, or unset it to use the embedded one.`,
      { cause },
    );
  }
}

/** Asks a server of the user's once, before BullMQ would wait for it without end. @throws QueueServerUnreachableError */
export async function checkServer(url: string): Promise<void> {
  const options = redisOptions({ kind: 'url', url });
  const client = new Redis({
    ...options,
    lazyConnect: true,
    connectTimeout: ANSWER_TIMEOUT_MS,
    commandTimeout: ANSWER_TIMEOUT_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  let cause: unknown;
  client.on('error', (error: Error) => {
    cause = error;
  });
  try {
    await client.connect();
    await client.ping();
  } catch (error) {
    throw new QueueServerUnreachableError(`${options.host}:${options.port}`, cause ?? error);
  } finally {
    client.disconnect();
  }
}
