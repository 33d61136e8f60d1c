/** Where the queue server is: a socket of ours, or a server of the user's (REDIS_URL). */
export type QueueAddress =
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'url'; readonly url: string };

/** The few options of ioredis that we set. */
export interface RedisConnection {
  readonly maxRetriesPerRequest: null;
  readonly enableReadyCheck: boolean;
  readonly path?: string;
  readonly host?: string;
  readonly port?: number;
  readonly username?: string;
  readonly password?: string;
  readonly db?: number;
  readonly tls?: Record<string, never>;
}

/** Options for ioredis as BullMQ wants them: commands wait for a reconnect instead of failing. */
export function redisOptions(address: QueueAddress): RedisConnection {
  const common = { maxRetriesPerRequest: null, enableReadyCheck: true } as const;
  if (address.kind === 'socket') return { ...common, path: address.path };
  const url = new URL(address.url);
  return {
    ...common,
    host: url.hostname,
    port: url.port === '' ? 6379 : Number(url.port),
    ...(url.username === '' ? {} : { username: decodeURIComponent(url.username) }),
    ...(url.password === '' ? {} : { password: decodeURIComponent(url.password) }),
    ...(url.pathname.length > 1 ? { db: Number(url.pathname.slice(1)) } : {}),
    ...(url.protocol === 'rediss:' ? { tls: {} } : {}),
  };
}
