import type { ScorerCommand, ScorerEvent } from '@retort/scorer';
import type { Terminal } from './terminal/terminal.ts';
import { withScorer } from './with-scorer.ts';

/** Runs one command in a scorer process of its own; where it writes ONNX, with the packages for that. */
export function runScorerCommand(
  command: ScorerCommand,
  terminal: Terminal,
  onEvent: (event: ScorerEvent) => void = () => undefined,
): Promise<Record<string, unknown>> {
  const writesOnnx = command.command === 'pack' && command.onnx_images !== null;
  return withScorer(terminal, (scorer) => scorer.run(command, onEvent), writesOnnx ? 'onnx' : undefined);
}
