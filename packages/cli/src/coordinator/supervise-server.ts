import { launch, type Python } from '@retort/environment';
import { type QueueServer, startEmbeddedServer } from '@retort/queue';
import { MAX_RESTARTS, ProcessDiedError } from './process-died-error.ts';

export interface SupervisedServer {
  readonly socketPath: string;
  /** Rejects when the server can't be kept running. */
  readonly failed: Promise<never>;
  stop(): Promise<void>;
  kill(): void;
}

export interface SuperviseServerOptions {
  readonly binary: string;
  readonly dir: string;
  readonly python: Python;
  readonly log: (message: string) => void;
}

/** The embedded server of a home, started again on the same data when it dies: clients reconnect by themselves. */
export async function superviseServer(options: SuperviseServerOptions): Promise<SupervisedServer> {
  const { binary, dir, python, log } = options;
  const { promise: failed, reject: fail } = Promise.withResolvers<never>();
  let stopping = false;
  let restarts = 0;
  const start = async (): Promise<QueueServer> => {
    const started = await startEmbeddedServer({
      binary,
      dir,
      launch: (program, args, lockFile) =>
        launch({ python: python.executable, program, args, lockFile, stdio: ['pipe', 'pipe', 'pipe'] }),
    });
    void started.ended.then(restart);
    return started;
  };
  const restart = async (): Promise<void> => {
    if (stopping) return;
    restarts += 1;
    if (restarts > MAX_RESTARTS) {
      fail(new ProcessDiedError('queue server', ''));
      return;
    }
    log('the queue server ended; starting it again on its data');
    try {
      server = await start();
    } catch (error) {
      fail(error);
    }
  };
  let server = await start();
  return {
    socketPath: server.socketPath,
    failed,
    stop: () => {
      stopping = true;
      return server.stop();
    },
    kill: () => {
      stopping = true;
      server.kill();
    },
  };
}
