import { writeSync } from 'node:fs';
import { startRecorder } from '@retort/store';
import { plannedRequest, recordedAttempt } from '../filled-home.ts';

// Records `count` answers in the home named by its argument and prints the number of each as soon as it has settled.
const [home = '', count = '0'] = process.argv.slice(2);
const recorder = startRecorder(home);
const next = Array.from({ length: Number(count) }, (_, i) => i).values();
await Promise.all(
  Array.from({ length: 16 }, async () => {
    for (const i of next) {
      await recorder.record({ kind: 'attempt', entry: recordedAttempt(plannedRequest(i).key) });
      writeSync(1, `${i}\n`);
    }
  }),
);
await recorder.close();
