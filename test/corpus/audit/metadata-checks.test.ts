import { describe, expect, it } from 'vitest';
import { type AuditRow, auditRowOf } from '../../../packages/corpus/src/audit/audit-row.ts';
import { readAgiqaConversations, SAMPLE_DIR } from '../agiqa-rows.ts';
import { only } from './planted.ts';
import { figure, findIn, GENERATORS, ratedRow, ratedRows } from './rated-rows.ts';

async function agiqaRows(): Promise<readonly AuditRow[]> {
  return (await readAgiqaConversations(SAMPLE_DIR)).map((conversation) =>
    auditRowOf({ ...conversation, split: 'train' }),
  );
}

/** MOS that the generator has no part in. */
const byChance = (_generator: string, _prompt: number, random: () => number) => ({ mos: 5 * random() });

describe('metadata-floor', () => {
  it('is about nothing where the generators say nothing', async () => {
    const finding = only(
      await findIn('metadata-floor', ratedRows({ generators: GENERATORS, prompts: 60 }, byChance)),
    );
    expect(finding).toMatchObject({ severity: 'info', rows: [], rowCount: 0 });
    expect(Math.abs(figure(finding.evidence, 'SRCC '))).toBeLessThan(0.3);
    expect(finding.evidence).toContain('(n 240)');
  });

  it('warns where the generators say nearly everything', async () => {
    const rows = ratedRows({ generators: GENERATORS, prompts: 60 }, (generator, _prompt, random) => ({
      mos: GENERATORS.indexOf(generator) + 0.3 + 0.4 * random(),
    }));
    const finding = only(await findIn('metadata-floor', rows));
    expect(finding.severity).toBe('warning');
    expect(figure(finding.evidence, 'words right ')).toBe(100);
  });

  it('tells what the image prompt adds where train and test share it', async () => {
    const rows = ratedRows({ generators: GENERATORS, prompts: 60 }, (generator, prompt, random) => ({
      mos: 0.5 + (prompt % 5 === 0 ? 3 : prompt % 3) + random() / 4,
      split: (prompt + GENERATORS.indexOf(generator)) % 4 === 0 ? 'test' : 'train',
    }));
    const finding = only(await findIn('metadata-floor', rows));
    const [bySetting, byPrompt] = [
      finding.evidence.indexOf('generator settings'),
      finding.evidence.indexOf('settings and image prompts'),
    ];
    expect(byPrompt).toBeGreaterThan(bySetting);
    expect(figure(finding.evidence.slice(byPrompt), 'SRCC ')).toBeGreaterThan(0.9);
    expect(finding.severity).toBe('warning');
  });

  it('says nothing where no generator, no rating or one setting is known', async () => {
    const rows = ratedRows({ generators: GENERATORS, prompts: 60 }, byChance);
    expect(
      await findIn(
        'metadata-floor',
        rows.map((row) => ({ ...row, generator: null, generatorSetting: null })),
      ),
    ).toEqual([]);
    expect(
      await findIn(
        'metadata-floor',
        rows.map((row) => ({ ...row, ratings: {} })),
      ),
    ).toEqual([]);
    expect(
      await findIn(
        'metadata-floor',
        rows.map((row) => ({ ...row, generator: 'one', generatorSetting: 'one' })),
      ),
    ).toEqual([]);
  });

  it('has a figure for both aspects of the recorded sample', async () => {
    const findings = await findIn('metadata-floor', await agiqaRows());
    expect(findings.map(({ evidence }) => evidence.split(':')[0])).toEqual(['correspondence', 'quality']);
    for (const { evidence } of findings) expect(figure(evidence, 'at most one off ')).toBeGreaterThan(90);
  });
});

describe('generator-confounded', () => {
  it('finds nothing where label and generator have nothing to do with each other', async () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      expect(
        await findIn(
          'generator-confounded',
          ratedRows({ generators: GENERATORS, prompts: 60 }, byChance, seed),
        ),
      ).toEqual([]);
    }
  });

  it('tells a fact of some association, and warns of a strong one', async () => {
    const shifted = (by: number) =>
      ratedRows({ generators: GENERATORS, prompts: 60 }, (generator, _prompt, random) => ({
        mos: Math.min(5, 3 * random() + by * GENERATORS.indexOf(generator)),
      }));
    expect(only(await findIn('generator-confounded', shifted(0.3))).severity).toBe('info');
    expect(only(await findIn('generator-confounded', shifted(1))).severity).toBe('warning');
  });

  it('lists the rows of a generator of one word, and no others', async () => {
    const rows = ratedRows({ generators: GENERATORS, prompts: 60 }, (generator, _prompt, random) => ({
      mos: generator === 'old' ? 0.9 * random() : 5 * random(),
    }));
    const finding = only(await findIn('generator-confounded', rows));
    expect(finding.severity).toBe('warning');
    expect(finding.evidence).toContain('old (bad, 60 rows)');
    expect(finding.rows).toEqual(rows.filter(({ generator }) => generator === 'old').map(({ id }) => id));
  });

  it('takes a generator with few rows of one word for an accident', async () => {
    const rows = [
      ...ratedRows({ generators: GENERATORS, prompts: 60 }, byChance),
      ...[0, 1, 2].map((i) => ratedRow({ generator: 'rare', imagePrompt: `rare ${i}`, mos: 2.5 }, 9000 + i)),
    ];
    expect(await findIn('generator-confounded', rows)).toEqual([]);
  });
});
