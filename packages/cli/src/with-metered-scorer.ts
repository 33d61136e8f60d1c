import type { ProgressListener, ScorerLibrary } from '@retort/pipeline';
import { type Scorer, ScorerDiedError } from '@retort/scorer';
import { interruptible } from './terminal/interruptible.ts';
import { createMeter, type MeteredWork } from './terminal/meter.ts';
import type { Terminal } from './terminal/terminal.ts';
import { withScorer } from './with-scorer.ts';

/** What is heard of the scorer's work. */
export interface WorkListener {
  readonly onProgress: ProgressListener;
  /** A line of its own. */
  readonly log: (message: string) => void;
}

/**
 * Hands `task` a scorer's process, with a library on its path where it needs one, and a line for its progress, which begins once
 * everything is installed; null when Ctrl-C ended it: the same again goes on.
 */
export async function withMeteredScorer<T>(
  terminal: Terminal,
  work: MeteredWork,
  task: (scorer: Scorer, listener: WorkListener) => Promise<T>,
  library?: ScorerLibrary,
): Promise<T | null> {
  const meter = createMeter(terminal.screen, () => performance.now());
  const interrupt = interruptible(terminal, meter, () => undefined);
  const withMeter = (scorer: Scorer): Promise<T> => {
    interrupt.signal.addEventListener('abort', () => void scorer.stop());
    meter.start(work);
    return task(scorer, { onProgress: meter.update, log: meter.log });
  };
  try {
    return await withScorer(terminal, withMeter, library);
  } catch (error) {
    if (interrupt.signal.aborted && error instanceof ScorerDiedError) return null;
    throw error;
  } finally {
    meter.abandon();
    interrupt.release();
  }
}
