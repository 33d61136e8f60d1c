import { EXIT } from '../exit-codes.ts';
import type { Meter } from './meter.ts';
import type { Terminal } from './terminal.ts';

/** The first Ctrl-C drains, the second ends everything at once. */
export function interruptible(terminal: Terminal, meter: Meter, kill: () => void) {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) {
      kill();
      process.exit(EXIT.interrupted);
    }
    meter.log('stopping: what is in flight is finished and stored (press Ctrl-C again to end at once)');
    controller.abort();
  };
  terminal.onInterrupt(onSignal);
  return { signal: controller.signal, release: () => terminal.offInterrupt(onSignal) };
}
