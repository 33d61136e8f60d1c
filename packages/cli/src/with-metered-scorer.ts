import type { ProgressListener } from '@retort/pipeline';
import { type Scorer, ScorerDiedError } from '@retort/scorer';
import { interruptible } from './terminal/interruptible.ts';
import { createMeter, type MeteredWork } from './terminal/meter.ts';
import type { Terminal } from './terminal/terminal.ts';
import { withScorer } from './with-scorer.ts';

/** Hands `task` a scorer's process, and a line for its progress; null when Ctrl-C ended it: the same again goes on. */
export async function withMeteredScorer<T>(
  terminal: Terminal,
  work: MeteredWork,
  task: (scorer: Scorer, onProgress: ProgressListener) => Promise<T>,
): Promise<T | null> {
  const meter = createMeter(terminal.screen, () => performance.now());
  meter.start(work);
  const interrupt = interruptible(terminal, meter, () => undefined);
  try {
    return await withScorer(terminal, (scorer) => {
      interrupt.signal.addEventListener('abort', () => void scorer.stop());
      return task(scorer, (progress) => meter.update(progress));
    });
  } catch (error) {
    if (interrupt.signal.aborted && error instanceof ScorerDiedError) return null;
    throw error;
  } finally {
    meter.abandon();
    interrupt.release();
  }
}
