import { launch } from '@retort/environment';
import { startEmbeddedServer } from '@retort/queue';

// Starts a server on the folder and prints its process and socket; then waits to be killed.
const [binary = '', python = '', dir = ''] = process.argv.slice(2);
const server = await startEmbeddedServer({
  binary,
  dir,
  launch: (program, args, lockFile) =>
    launch({ python, program, args, lockFile, stdio: ['pipe', 'pipe', 'pipe'] }),
});
process.stdout.write(`${JSON.stringify({ pid: server.pid, socketPath: server.socketPath })}\n`);
