import { workerOptions } from '@retort/queue';
import { Worker } from 'bullmq';

// A worker that takes a job and never ends it: it is there to be killed.
const [path = '', homeId = ''] = process.argv.slice(2);
const worker = new Worker(
  'teach',
  async (job) => {
    process.stdout.write(`${job.id}\n`);
    await new Promise(() => undefined);
  },
  workerOptions({ kind: 'socket', path }, homeId, 1),
);
worker.on('error', () => undefined);
