import { RetortError } from '@retort/schema';

/** Where the queue server is: a socket of ours, or a server of the user's (REDIS_URL). */
export type QueueAddress =
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'url'; readonly url: string };

/** The few options of ioredis that we set. */
export interface RedisConnection {
  readonly maxRetriesPerRequest: null;
  readonly enableReadyCheck: boolean;
  /** Commands of one turn of the event loop cross over together. */
  readonly enableAutoPipelining: boolean;
  readonly path?: string;
  readonly host?: string;
  readonly port?: number;
  readonly username?: string;
  readonly password?: string;
  readonly db?: number;
  readonly tls?: Record<string, never>;
}

export class QueueUrlError extends RetortError {
  readonly code = 'usage';
  constructor() {
    // Not the text itself: it may hold a password.
    super(
      'REDIS_URL is not such as redis://user:password@host:6379/0 (rediss: for TLS): mend it, or unset it.',
    );
  }
}

/**
 * Options for ioredis as BullMQ wants them: commands wait for a reconnect instead of failing.
 *
 * @throws QueueUrlError
 */
export function redisOptions(address: QueueAddress): RedisConnection {
  const common = { maxRetriesPerRequest: null, enableReadyCheck: true, enableAutoPipelining: true } as const;
  if (address.kind === 'socket') return { ...common, path: address.path };
  const url = parseUrl(address.url);
  return {
    ...common,
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'), // an IPv6 address without its brackets
    port: url.port === '' ? 6379 : Number(url.port),
    ...(url.username === '' ? {} : { username: decodeURIComponent(url.username) }),
    ...(url.password === '' ? {} : { password: decodeURIComponent(url.password) }),
    ...(url.pathname.length > 1 ? { db: Number(url.pathname.slice(1)) } : {}),
    ...(url.protocol === 'rediss:' ? { tls: {} } : {}),
  };
}

function parseUrl(text: string): URL {
  const url = URL.parse(text);
  if (url === null || !/^rediss?:$/.test(url.protocol) || !/^(\/\d*)?$/.test(url.pathname)) {
    throw new QueueUrlError();
  }
  return url;
}
