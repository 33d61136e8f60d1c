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
export { explainQueueError, QueueDiskFullError } from './queue-disk-full-error.ts';
export {
  jobOptions,
  jobRetries,
  queueName,
  queueOptions,
  queuePrefix,
  workerOptions,
} from './queue-options.ts';
