import { describe, expect, it } from 'vitest';
import { only } from './planted.ts';
import { figure, findIn, GENERATORS, ratedRows } from './rated-rows.ts';

describe('label-leak', () => {
  const WORDS = ['terrible', 'weak', 'plain', 'pleasing', 'superb'];
  const filler = (random: () => number) =>
    Array.from({ length: 12 }, () => `thing${Math.floor(random() * 40)}`).join(' ');
  const leaking = (sawLabel: boolean) =>
    ratedRows({ generators: GENERATORS, prompts: 50 }, (_generator, _prompt, random) => {
      const mos = 5 * random();
      return { mos, sawLabel, description: `${filler(random)} ${WORDS[Math.floor(mos)]} ${filler(random)}.` };
    });

  it('warns of text written with the MOS in sight that says more than the generator does', async () => {
    const finding = only(await findIn('label-leak', leaking(true)));
    expect(finding).toMatchObject({ severity: 'warning', rows: [] });
    expect(figure(finding.evidence, 'SRCC ')).toBeGreaterThan(0.7);
    expect(figure(finding.evidence, 'Difference of SRCC ')).toBeGreaterThan(0.5);
    expect(finding.advice).toContain('training targets only');
  });

  it('takes the same of blind text for what it is worth', async () => {
    const finding = only(await findIn('label-leak', leaking(false)));
    expect(finding.severity).toBe('info');
    expect(finding.evidence).toContain('blind text');
  });

  it('warns of text whose origin nobody knows', async () => {
    const finding = only(
      await findIn(
        'label-leak',
        leaking(true).map((row) => ({ ...row, sawLabel: null })),
      ),
    );
    expect(finding.severity).toBe('warning');
    expect(finding.advice).toContain('Find out');
  });

  it('only states the figure of words that say nothing, whatever the floor is by accident', async () => {
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const rows = ratedRows(
        { generators: GENERATORS, prompts: 50 },
        (_generator, _prompt, random) => ({ mos: 5 * random(), sawLabel: true, description: filler(random) }),
        seed,
      );
      const finding = only(await findIn('label-leak', rows));
      expect(finding.severity).toBe('info');
      expect(Math.abs(figure(finding.evidence, 'SRCC '))).toBeLessThan(0.25);
    }
  });

  it('looks at blind and label-aware text apart', async () => {
    const [aware, blind] = [leaking(true), leaking(false).map((row) => ({ ...row, id: `blind ${row.id}` }))];
    const findings = await findIn('label-leak', [...aware, ...blind]);
    expect(findings.map(({ severity }) => severity)).toEqual(['warning', 'info']);
  });

  it('says nothing without ratings, or of a handful of rows', async () => {
    expect(
      await findIn(
        'label-leak',
        leaking(true).map((row) => ({ ...row, ratings: {} })),
      ),
    ).toEqual([]);
    expect(await findIn('label-leak', leaking(true).slice(0, 60))).toEqual([]);
  });
});
