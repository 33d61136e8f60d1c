import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readTunedStages } from '@retort/scorer';
import { expect, it } from 'vitest';
import { runDistill, runJson, testFolder } from './run-distill.ts';

/** Each case starts PyTorch once or twice. */
const CASE_LIMIT_MS = 180_000;

/** What `distill finetune` promises on such a home. */
export function describeFinetune(home: () => string): void {
  it('tunes the last stage on train rows, and says what came of it on val', {
    timeout: CASE_LIMIT_MS,
  }, async () => {
    const tuned = await runJson(['finetune', '--home', home(), '--epochs', '1']);
    expect(tuned).toMatchObject({
      out: expect.stringContaining(home()),
      reused: false,
      rows: { train: 60, val: 20 },
      best_epoch: 1,
      history: [0, 1].map((epoch) => ({ epoch, aspects: { quality: { srcc: expect.any(Number) } } })),
    });
    expect(readTunedStages(String(tuned.out)).base.encoder).toBe('embedded');
  });
}

/** What `distill tune` promises on a home whose latest run has a corpus with ratings of `quality`. */
export function describeTune(home: () => string): void {
  it('compares settings on train rows, writes what it tried, and tries nothing twice', {
    timeout: CASE_LIMIT_MS,
  }, async () => {
    const folder = await testFolder();
    const settings = join(folder, 'settings.json');
    await writeFile(settings, '{"heads": [["ridge"]], "members": [["ridge"]], "level_components": [32, 64]}');
    const args = ['tune', '--home', home(), '--settings', settings, '--folds', '3', '--out', folder];
    const end = await runDistill(args);
    expect(end.code, end.stderr).toBe(0);
    expect(end.stdout).toMatch(/^2 settings tried: 3 folds by image prompt, train rows alone/);
    const tried = (await readFile(join(folder, 'tried.jsonl'), 'utf8')).trim().split('\n');
    expect(tried.map((line) => JSON.parse(line) as unknown)).toMatchObject(
      [32, 64].map((level_components) => ({
        changes: { level_components },
        aspects: { quality: { n: 60 } },
      })),
    );
    const again = await runDistill([...args, '--json']);
    expect(JSON.parse(again.stdout)).toMatchObject({ tried: 2, reused: 2 });
    const best: unknown = JSON.parse(await readFile(join(folder, 'best.json'), 'utf8'));
    expect(best).toMatchObject({ heads: ['ridge'], members: ['ridge'] });
  });

  it('refuses a setting that no fit takes, and a config of a run that can’t be, before anything is done', {
    timeout: CASE_LIMIT_MS,
  }, async () => {
    const folder = await testFolder();
    const wrong = join(folder, 'wrong.json');
    await writeFile(wrong, '{"depth": [3]}');
    const tune = await runDistill(['tune', '--home', home(), '--settings', wrong]);
    expect(tune).toMatchObject({ code: 2, stderr: expect.stringContaining("unknown member 'depth'") });
    const job = await runDistill(['--home', folder, '--limit', '5', '--scorer-config', wrong]);
    expect(job).toMatchObject({ code: 2, stderr: expect.stringContaining("unknown member 'depth'") });
  });
}
