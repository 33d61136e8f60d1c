import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkpointLeakage } from '../../packages/cli/src/checkpoint-leakage.ts';
import { markMetrics, runLeakage } from '../../packages/pipeline/src/mark-metrics.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

const METRICS = { fingerprint: 'sha256:00', aspects: { quality: { srcc: 0.5 } } };

function fitFolder() {
  const folder = temporaryFolder();
  const file = join(folder, 'metrics.json');
  writeFileSync(file, JSON.stringify(METRICS));
  return { folder, file, checkpoint: join(folder, 'scorer.safetensors') };
}

describe('markMetrics', () => {
  it('puts what leaks into the metrics, where a checkpoint beside them is known by it', async () => {
    const { folder, file, checkpoint } = fitFolder();
    await markMetrics(file, ['4 of 6 test images share their image prompt with train.']);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      ...METRICS,
      leakage: ['4 of 6 test images share their image prompt with train.'],
    });
    expect(readdirSync(folder)).toEqual(['metrics.json']);
    expect(await checkpointLeakage(checkpoint)).toMatch(/a split that leaks.* 4 of 6 test images share/);
  });

  it('touches nothing of a clean split', async () => {
    const { file, checkpoint } = fitFolder();
    await markMetrics(file, undefined);
    expect(readFileSync(file, 'utf8')).toBe(JSON.stringify(METRICS));
    expect(await checkpointLeakage(checkpoint)).toBeNull();
  });
});

describe('runLeakage', () => {
  it('adds the legacy protocol to what leaks, and is what the corpus says without it', async () => {
    expect(runLeakage({}, {})).toBeUndefined();
    expect(runLeakage({ leakage: ['a'] }, {})).toEqual(['a']);
    const marked = runLeakage({ leakage: ['a'] }, { protocol: 'legacy' });
    expect(marked).toEqual(['a', expect.stringMatching(/^legacy: val = test/)]);
    const { file, checkpoint } = fitFolder();
    await markMetrics(file, runLeakage({}, { protocol: 'legacy' }));
    expect(await checkpointLeakage(checkpoint)).toContain('legacy: val = test');
  });
});

describe('checkpointLeakage', () => {
  it('knows nothing of a checkpoint without its metrics', async () => {
    expect(await checkpointLeakage(join(temporaryFolder(), 'scorer.safetensors'))).toBeNull();
  });
});
