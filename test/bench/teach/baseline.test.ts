import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type BaselineName, runBaselineTask } from '../../../bench/teach/baseline.ts';
import { startDouble } from '../../../bench/teach/double-process.ts';
import { temporaryFolder } from '../../fixtures/temporary-folder.ts';

const CALLS = 20;
const CONCURRENCY = 4;

describe('runBaselineTask', () => {
  it.each<BaselineName>(['undici-loop', 'sdk-loop'])(
    '%s asks everything once, with as many calls in flight as it was told',
    async (name) => {
      const double = await startDouble(['--latency-ms', '50']);
      onTestFinished(double.stop);
      const dir = temporaryFolder();
      const imagePath = join(dir, 'image.jpg');
      writeFileSync(imagePath, Buffer.alloc(60_000, 7));
      const calls = Array.from({ length: CALLS }, (_, index) => ({ imagePath, text: `question ${index}` }));
      const task = {
        baseUrl: double.baseUrl,
        model: 'gemini-3.8-flash',
        concurrency: CONCURRENCY,
        maxOutputTokens: 2048,
      };
      const run = await runBaselineTask(name, { ...task, calls }, join(dir, 'task.json'));
      const stats = await double.stats();
      expect([run.answered, stats.calls, stats.by_outcome.plain]).toEqual([CALLS, CALLS, CALLS]);
      expect(stats.most_in_flight).toBe(CONCURRENCY);
      // Five turns of four calls, 50 ms each (a timer may be a millisecond early).
      expect(run.seconds).toBeGreaterThanOrEqual(0.24);
      expect(run.cpuPer1000Rows).toBeGreaterThan(0);
      expect(double.cpuSeconds()).toBeGreaterThan(0);
    },
  );
});
