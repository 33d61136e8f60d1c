export { checkServer, QueueServerUnreachableError } from './check-server.ts';
export { type QueueAddress, QueueUrlError, redisOptions } from './connection.ts';
export {
  type EmbeddedServerOptions,
  type QueueServer,
  QueueServerError,
  socketPathFor,
  startEmbeddedServer,
} from './embedded-server.ts';
export { findInWheel, findOnPath, isExecutable, QueueServerMissingError } from './find-server-binary.ts';
export { holdsLock } from './holds-lock.ts';
export { connectJobEvents, type JobEventReader, type JobEvents } from './job-events.ts';
export { connectLimiter, type LimiterServer, type LimiterServerOptions } from './limiter/exchange.ts';
export { createLimiter, type Limiter, type LimiterOptions } from './limiter/limiter.ts';
export type {
  CallEnd,
  CallEndKind,
  CallLimits,
  GrantedCall,
  WaitingCall,
} from './limiter/limiter-protocol.ts';
export type { Entry } from './limiter/waiting-room.ts';
export { probeWrite } from './probe-write.ts';
export { explainQueueError, QueueDiskFullError } from './queue-disk-full-error.ts';
export {
  jobOptions,
  jobRetries,
  queueName,
  queueOptions,
  queuePrefix,
  workerOptions,
} from './queue-options.ts';
