import { redisOptions } from '@retort/queue';
import { describe, expect, it } from 'vitest';

const options = (url: string) => redisOptions({ kind: 'url', url });

describe('redisOptions', () => {
  it('lets commands wait for a reconnect, as BullMQ demands', () => {
    expect(redisOptions({ kind: 'socket', path: '/tmp/a.sock' })).toEqual({
      path: '/tmp/a.sock',
      maxRetriesPerRequest: null,
      enableReadyCheck: true,
      enableAutoPipelining: true,
    });
  });

  it('takes every part of a URL', () => {
    expect(options('rediss://me:p%40ss@queue.example:6380/3')).toMatchObject({
      host: 'queue.example',
      port: 6380,
      username: 'me',
      password: 'p@ss',
      db: 3,
      tls: {},
    });
  });

  it('has the usual port, and nothing that the URL does not say', () => {
    expect(options('redis://127.0.0.1')).toEqual({
      host: '127.0.0.1',
      port: 6379,
      maxRetriesPerRequest: null,
      enableReadyCheck: true,
      enableAutoPipelining: true,
    });
  });

  it('takes an IPv6 address without its brackets', () => {
    expect(options('redis://[::1]:7000').host).toBe('::1');
  });

  it.each(['localhost:6379', 'http://localhost', 'redis://host/name', 'nonsense secret', ''])(
    'refuses %j by name and does not repeat it',
    (url) => {
      expect(() => options(url)).toThrow(expect.objectContaining({ code: 'usage' }));
      expect(() => options(url)).toThrow(/^REDIS_URL is not such as (?!.*secret)/);
    },
  );
});
