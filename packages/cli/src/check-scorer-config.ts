import type { RunPlan } from '@retort/schema';
import type { Terminal } from './terminal/terminal.ts';
import { withScorer } from './with-scorer.ts';

/**
 * Has the scorer look at a plan's hyper-parameters before anything is asked, spent or fitted.
 *
 * @throws ScorerCommandError with the code `usage`: a member that isn't known, or a value that can't be
 */
export async function checkScorerConfig(plan: RunPlan, terminal: Terminal): Promise<void> {
  const { scorerConfig: config } = plan;
  if (config === undefined) return;
  await withScorer(terminal, (scorer) => scorer.run({ command: 'check-config', config }, () => undefined));
}
