import { describe, expect, it } from 'vitest';
import { portableRunCommand, runCommand } from '../../packages/pipeline/src/run-command.ts';
import { samplePlan } from './pipeline-bed.ts';

describe('runCommand', () => {
  it('says how the scorer of a run was fitted', () => {
    const plan = samplePlan(60, { profile: 'best', scorerConfig: { mixup: 0 }, refit: 'all' });
    expect(runCommand(plan)).toBe(
      'pnpm distill --limit 60 --profile best --scorer-config SCORER-CONFIG.json --refit all',
    );
    expect(runCommand(samplePlan(60, { tunedStages: 'a.tuned-b' }))).toBe(
      'pnpm distill --limit 60 --tuned-stages TUNED-STAGES.safetensors',
    );
  });
});

describe('portableRunCommand', () => {
  it('is that of the corpus, whatever scorer is fitted on it', () => {
    expect(
      portableRunCommand(samplePlan(60, { profile: 'best', refit: 'all', tunedStages: 'a.tuned-b' })),
    ).toBe(portableRunCommand(samplePlan(60)));
  });
});
