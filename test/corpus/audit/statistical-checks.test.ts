import type { CorpusRow } from '@retort/schema';
import { describe, expect, it } from 'vitest';
import { type AuditRow, auditRowOf } from '../../../packages/corpus/src/audit/audit-row.ts';
import { audit, rowId } from '../../../packages/corpus/src/index.ts';
import { readAgiqaConversations, SAMPLE_DIR } from '../agiqa-rows.ts';
import { only } from './planted.ts';
import { ratedRow, ratedRows } from './rated-rows.ts';

const GENERATORS = ['old', 'new', 'newer', 'newest'];

async function find(code: string, rows: readonly AuditRow[]) {
  return (await audit(rows)).findings.filter((finding) => finding.code === code);
}

const idOf = (row: CorpusRow | undefined): string => (row === undefined ? '' : rowId(row));

/** The first number after a text of the evidence. */
function figure(evidence: string, after: string): number {
  return Number(/-?\d+\.\d+/.exec(evidence.slice(evidence.indexOf(after) + after.length))?.[0]);
}

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
      await find('metadata-floor', ratedRows({ generators: GENERATORS, prompts: 60 }, byChance)),
    );
    expect(finding).toMatchObject({ severity: 'info', rows: [], rowCount: 0 });
    expect(Math.abs(figure(finding.evidence, 'SRCC '))).toBeLessThan(0.3);
    expect(finding.evidence).toContain('(n 240)');
  });

  it('warns where the generators say nearly everything', async () => {
    const rows = ratedRows({ generators: GENERATORS, prompts: 60 }, (generator, _prompt, random) => ({
      mos: GENERATORS.indexOf(generator) + 0.3 + 0.4 * random(),
    }));
    const finding = only(await find('metadata-floor', rows));
    expect(finding.severity).toBe('warning');
    expect(figure(finding.evidence, 'words right ')).toBe(100);
  });

  it('tells what the image prompt adds where train and test share it', async () => {
    const rows = ratedRows({ generators: GENERATORS, prompts: 60 }, (generator, prompt, random) => ({
      mos: 0.5 + (prompt % 5 === 0 ? 3 : prompt % 3) + random() / 4,
      split: (prompt + GENERATORS.indexOf(generator)) % 4 === 0 ? 'test' : 'train',
    }));
    const finding = only(await find('metadata-floor', rows));
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
      await find(
        'metadata-floor',
        rows.map((row) => ({ ...row, generator: null, generatorSetting: null })),
      ),
    ).toEqual([]);
    expect(
      await find(
        'metadata-floor',
        rows.map((row) => ({ ...row, ratings: {} })),
      ),
    ).toEqual([]);
    expect(
      await find(
        'metadata-floor',
        rows.map((row) => ({ ...row, generator: 'one', generatorSetting: 'one' })),
      ),
    ).toEqual([]);
  });

  it('has a figure for both aspects of the recorded sample', async () => {
    const findings = await find('metadata-floor', await agiqaRows());
    expect(findings.map(({ evidence }) => evidence.split(':')[0])).toEqual(['correspondence', 'quality']);
    for (const { evidence } of findings) expect(figure(evidence, 'at most one off ')).toBeGreaterThan(90);
  });
});

describe('generator-confounded', () => {
  it('finds nothing where label and generator have nothing to do with each other', async () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      expect(
        await find(
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
    expect(only(await find('generator-confounded', shifted(0.3))).severity).toBe('info');
    expect(only(await find('generator-confounded', shifted(1))).severity).toBe('warning');
  });

  it('lists the rows of a generator of one word, and no others', async () => {
    const rows = ratedRows({ generators: GENERATORS, prompts: 60 }, (generator, _prompt, random) => ({
      mos: generator === 'old' ? 0.9 * random() : 5 * random(),
    }));
    const finding = only(await find('generator-confounded', rows));
    expect(finding.severity).toBe('warning');
    expect(finding.evidence).toContain('old (bad, 60 rows)');
    expect(finding.rows).toEqual(rows.filter(({ generator }) => generator === 'old').map(({ id }) => id));
  });

  it('takes a generator with few rows of one word for an accident', async () => {
    const rows = [
      ...ratedRows({ generators: GENERATORS, prompts: 60 }, byChance),
      ...[0, 1, 2].map((i) => ratedRow({ generator: 'rare', imagePrompt: `rare ${i}`, mos: 2.5 }, 9000 + i)),
    ];
    expect(await find('generator-confounded', rows)).toEqual([]);
  });
});

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
    const finding = only(await find('label-leak', leaking(true)));
    expect(finding).toMatchObject({ severity: 'warning', rows: [] });
    expect(figure(finding.evidence, 'SRCC ')).toBeGreaterThan(0.7);
    expect(figure(finding.evidence, 'Difference of SRCC ')).toBeGreaterThan(0.5);
    expect(finding.advice).toContain('training targets only');
  });

  it('takes the same of blind text for what it is worth', async () => {
    const finding = only(await find('label-leak', leaking(false)));
    expect(finding.severity).toBe('info');
    expect(finding.evidence).toContain('blind text');
  });

  it('warns of text whose origin nobody knows', async () => {
    const finding = only(
      await find(
        'label-leak',
        leaking(true).map((row) => ({ ...row, sawLabel: null })),
      ),
    );
    expect(finding.severity).toBe('warning');
    expect(finding.advice).toContain('Find out');
  });

  it('only states the figure of words that say nothing', async () => {
    const rows = ratedRows({ generators: GENERATORS, prompts: 50 }, (_generator, _prompt, random) => ({
      mos: 5 * random(),
      sawLabel: true,
      description: filler(random),
    }));
    const finding = only(await find('label-leak', rows));
    expect(finding.severity).toBe('info');
    expect(Math.abs(figure(finding.evidence, 'SRCC '))).toBeLessThan(0.25);
  });

  it('looks at blind and label-aware text apart', async () => {
    const [aware, blind] = [leaking(true), leaking(false).map((row) => ({ ...row, id: `blind ${row.id}` }))];
    const findings = await find('label-leak', [...aware, ...blind]);
    expect(findings.map(({ severity }) => severity)).toEqual(['warning', 'info']);
  });

  it('says nothing without ratings, or of a handful of rows', async () => {
    expect(
      await find(
        'label-leak',
        leaking(true).map((row) => ({ ...row, ratings: {} })),
      ),
    ).toEqual([]);
    expect(await find('label-leak', leaking(true).slice(0, 60))).toEqual([]);
  });
});

describe('length-outlier', () => {
  const described = async (planted: ReadonlyMap<number, (text: string) => string>) => {
    const conversations = await readAgiqaConversations(SAMPLE_DIR);
    return conversations.map((conversation, index) => {
      const row = { ...conversation, split: 'train' as const };
      const change = planted.get(index);
      if (change === undefined) return row;
      return {
        ...row,
        turns: row.turns.map((turn, i) => (i === 1 ? { ...turn, text: change(turn.text) } : turn)),
      };
    });
  };

  it('finds none among the recorded answers', async () => {
    expect(
      await find(
        'length-outlier',
        (await described(new Map())).map((row) => auditRowOf(row)),
      ),
    ).toEqual([]);
  });

  it('finds exactly the rows that are far too short or long', async () => {
    const planted = new Map<number, (text: string) => string>([
      [5, () => 'The image is fair.'],
      [40, (text) => text.slice(0, 25)],
      [300, (text) => Array.from({ length: 6 }, () => text).join(' ')],
      [420, (text) => `${text} ${'It is blurred. '.repeat(200)}`],
      [500, () => 'Good.'],
    ]);
    const rows = await described(planted);
    const findings = await find(
      'length-outlier',
      rows.map((row) => auditRowOf(row)),
    );
    const listed = findings.flatMap(({ rows: ids }) => ids).toSorted();
    expect(listed).toEqual([...planted.keys()].map((i) => idOf(rows[i])).toSorted());
    expect(findings.every(({ severity }) => severity === 'warning')).toBe(true);
  });

  it('leaves empty descriptions to others', async () => {
    const rows = await described(new Map([[3, () => '  ']]));
    expect(
      await find(
        'length-outlier',
        rows.map((row) => auditRowOf(row)),
      ),
    ).toEqual([]);
  });
});
