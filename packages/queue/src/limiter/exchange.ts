import { readFileSync } from 'node:fs';
import { hashHex, sha256 } from '@retort/schema';
import { Redis } from 'ioredis';
import { type QueueAddress, redisOptions } from '../connection.ts';
import { queuePrefix } from '../queue-options.ts';
import { type ExchangeAnswer, type ExchangeQuestion, exchangeAnswerSchema } from './limiter-protocol.ts';

const SCRIPT = readFileSync(new URL('./exchange.lua', import.meta.url), 'utf8');

/** What the limiter asks of the queue server. */
export interface LimiterServer {
  exchange(question: ExchangeQuestion): Promise<ExchangeAnswer>;
  /** True when a call was let go and isn't settled: it may have been made, and its answer isn't stored. */
  isUnderWay(callId: string): Promise<boolean>;
  disconnect(): void;
}

export interface LimiterServerOptions {
  readonly address: QueueAddress;
  readonly homeId: string;
  /** Who shares its limits: calls of equal scope count together, whichever home or process they come from. */
  readonly scope: string;
}

interface ScriptedRedis extends Redis {
  retortExchange(...keysAndQuestion: readonly string[]): Promise<string>;
}

/** Names in the queue server. The scope is hashed: an address may hold what isn't for everybody to see. */
export function limiterKeys({ homeId, scope }: Pick<LimiterServerOptions, 'homeId' | 'scope'>) {
  const prefix = `retort-limiter:{${hashHex(sha256(scope)).slice(0, 16)}}`;
  return {
    state: `${prefix}:state`,
    counts: `${prefix}:counts`,
    underWay: `${prefix}:${queuePrefix(homeId)}:under-way`,
  };
}

/** Connects to the limiter's state. Commands wait for a queue server that is away. */
export function connectLimiter(options: LimiterServerOptions): LimiterServer {
  const client = new Redis(redisOptions(options.address));
  // A lost connection is made again: an 'error' without a listener would end us.
  client.on('error', () => undefined);
  client.defineCommand('retortExchange', { numberOfKeys: 3, lua: SCRIPT });
  const scripted = client as ScriptedRedis; // the command that the line above defines
  const { state, counts, underWay } = limiterKeys(options);
  return {
    async exchange(question) {
      const answer = await scripted.retortExchange(state, counts, underWay, JSON.stringify(question));
      return exchangeAnswerSchema.parse(JSON.parse(answer));
    },
    isUnderWay: async (callId) => (await client.hexists(underWay, callId)) === 1,
    disconnect: () => client.disconnect(),
  };
}
