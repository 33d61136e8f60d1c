import { readFile } from 'node:fs/promises';
import { GoogleGenerativeAI } from '@google/generative-ai';
import pLimit from 'p-limit';
import { readTask, timed } from './task.ts';

/** What people write first: p-limit around Google's SDK. An image file read a call, its text taken, and nothing kept. */
const task = readTask(process.argv);
const limit = pLimit(task.concurrency);
const model = new GoogleGenerativeAI('made-up-key-of-the-bench').getGenerativeModel(
  { model: task.model },
  { baseUrl: task.baseUrl },
);

await timed(async () => {
  const texts = await Promise.all(
    task.calls.map(({ imagePath, text }) =>
      limit(async () => {
        const data = (await readFile(imagePath)).toString('base64');
        const { response } = await model.generateContent({
          contents: [{ role: 'user', parts: [{ inlineData: { mimeType: 'image/jpeg', data } }, { text }] }],
          generationConfig: { maxOutputTokens: task.maxOutputTokens },
        });
        return response.text().length;
      }),
    ),
  );
  return texts.filter((length) => length > 0).length;
});
