import { parentPort, workerData } from 'node:worker_threads';
import { createAttemptTable } from './attempts.ts';
import { isDiskFull } from './errors.ts';
import { openDatabase } from './open-store.ts';
import type { RecorderMessage, RecorderReply } from './recorder.ts';
import { createRequestTable } from './requests.ts';
import { createSampleTable } from './samples.ts';

/** Entries a commit at most: keeps a transaction short for the other writers. */
const MAX_BATCH = 512;

if (parentPort === null)
  throw new TypeError('recorder-thread.ts runs as a worker thread only: use startRecorder()');
const port = parentPort;
const { home } = workerData as { home: string }; // given by startRecorder(), and by nothing else
const db = openDatabase(home);
const attempts = createAttemptTable(db);
const samples = createSampleTable(db);
const requests = createRequestTable(db);
const pending: RecorderMessage[] = [];

const commit = db.transaction((batch: readonly RecorderMessage[]) => {
  for (const { entry } of batch) {
    switch (entry.kind) {
      case 'attempt':
        attempts.record(entry.entry);
        break;
      case 'unsent':
        requests.release(entry.requestKey, entry.number);
        break;
      case 'prepared':
        samples.savePrepared(entry.sampleId, entry.prepared);
    }
  }
});

function flush(): void {
  const batch = pending.splice(0, MAX_BATCH);
  if (batch.length === 0) return;
  store(batch);
  if (pending.length > 0) setImmediate(flush);
}

function store(batch: readonly RecorderMessage[]): void {
  const ids = batch.map((message) => message.id);
  try {
    commit.immediate(batch);
    port.postMessage({ ids, failure: null } satisfies RecorderReply);
  } catch (error) {
    const diskFull = isDiskFull(error);
    // One entry that can't be stored must not cost the others their paid answers.
    if (!diskFull && batch.length > 1) {
      for (const message of batch) store([message]);
      return;
    }
    const message = error instanceof Error ? error.message : String(error);
    port.postMessage({ ids, failure: { message, diskFull } } satisfies RecorderReply);
  }
}

port.on('message', (messages: readonly RecorderMessage[] | 'close') => {
  if (messages === 'close') {
    while (pending.length > 0) flush();
    db.close();
    port.close();
    return;
  }
  // The first of a burst schedules the commit; those that arrive until then share it.
  if (pending.length === 0 && messages.length > 0) setImmediate(flush);
  pending.push(...messages);
});
