import { describe, expect, it } from 'vitest';
import { portableRunCommand, runCommand } from '../../packages/pipeline/src/run-command.ts';
import { samplePlan } from './pipeline-bed.ts';

describe('runCommand', () => {
  it('says how the scorer of a run was fitted', () => {
    const plan = samplePlan(60, { profile: 'best', scorerConfig: { mixup: 0 }, refit: 'all' });
    expect(runCommand(plan)).toBe(
      'pnpm distill --limit 60 --profile best --scorer-config SCORER-CONFIG.json --refit all',
    );
  });
});

describe('portableRunCommand', () => {
  it('is that of the corpus, whatever scorer is fitted on it', () => {
    expect(portableRunCommand(samplePlan(60, { profile: 'best', refit: 'all' }))).toBe(
      portableRunCommand(samplePlan(60)),
    );
  });
});
