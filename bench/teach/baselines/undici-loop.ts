import { readFileSync } from 'node:fs';
import { Pool } from 'undici';
import { readTask, timed } from './task.ts';

/** The bare loop: N fibers send one prebuilt body and parse the answer. No file, no queue, no limit, no store. */
const task = readTask(process.argv);
const [first] = task.calls;
if (first === undefined) throw new Error('there is nothing to ask');
const data = readFileSync(first.imagePath).toString('base64');
const body = Buffer.from(
  JSON.stringify({
    contents: [
      { role: 'user', parts: [{ inlineData: { mimeType: 'image/jpeg', data } }, { text: first.text }] },
    ],
    generationConfig: { maxOutputTokens: task.maxOutputTokens },
  }),
);
const pool = new Pool(new URL(task.baseUrl).origin, { connections: task.concurrency });
const path = `/v1beta/models/${task.model}:generateContent`;
const headers = { 'content-type': 'application/json', 'x-goog-api-key': 'made-up-key-of-the-bench' };

let left = task.calls.length;
let answered = 0;

async function fiber(): Promise<void> {
  while (left > 0) {
    left -= 1;
    const response = await pool.request({ method: 'POST', path, headers, body });
    const answer: unknown = JSON.parse(await response.body.text());
    if (response.statusCode === 200 && answer !== null) answered += 1;
  }
}

await timed(async () => {
  await Promise.all(Array.from({ length: task.concurrency }, fiber));
  return answered;
});
await pool.close();
