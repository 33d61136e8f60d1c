import { sha256 } from '@retort/schema';
import { describe, expect, it } from 'vitest';
import { buildRow } from '../build-row.ts';
import { cleanRows, find, only, planted, WORDS, withDescription } from './planted.ts';

describe('audit across rows', () => {
  it('image-prompt-in-two-splits: the rows outside the side that has most', async () => {
    const { rows, ids } = planted((row) => ({ ...row, imagePrompt: ' A prompt  of 145.jpg' }), [2]);
    const finding = only(
      await find('image-prompt-in-two-splits', [
        ...rows,
        buildRow({ split: 'test', imagePrompt: 'a PROMPT of 145.jpg' }, '200.jpg'),
      ]),
    );
    expect(finding).toMatchObject({ severity: 'error', rows: ids });
    expect(finding.evidence).toMatch(/train \(1\) and test \(2\)/);
  });

  it.each([
    ['image-prompt', 'error'],
    ['generator', 'warning'],
    ['random', 'warning'],
  ] as const)('image-prompt-in-two-splits under a split by %s: %s', async (splitBy, severity) => {
    const { rows } = planted((row) => ({ ...row, imagePrompt: 'a prompt of 145.jpg' }), [2]);
    expect(only(await find('image-prompt-in-two-splits', rows, splitBy)).severity).toBe(severity);
  });

  it('image-in-two-splits: one picture under two names', async () => {
    const { rows, ids } = planted((row) => ({ ...row, imageHash: sha256('source 145.jpg') }), [2]);
    const sibling = buildRow({ split: 'test', aspect: 'correspondence' }, '145.jpg');
    expect(only(await find('image-in-two-splits', [...rows, sibling]))).toMatchObject({
      severity: 'error',
      rows: ids,
    });
  });

  it('repeated-answer: one text for several images, not one image twice', async () => {
    const { rows, ids } = planted(withDescription('A very  nice Picture.'), [4, 20, 30]);
    const twice = {
      ...buildRow({}, '300.jpg'),
      imageHash: rows[0]?.imageHash ?? '',
      turns: rows[0]?.turns ?? [],
    };
    expect(only(await find('repeated-answer', [...rows, twice]))).toMatchObject({
      severity: 'warning',
      rows: ids,
    });
  });

  it('conversation-missing: the rows whose image lacks another aspect', async () => {
    const rows = cleanRows();
    const other = rows.slice(1).map((row) => ({ ...row, aspect: 'correspondence' as const }));
    const finding = only(await find('conversation-missing', [...other, ...rows]));
    expect(finding).toMatchObject({ severity: 'warning', rows: ['made-up/quality/100.jpg'] });
  });

  it('class-imbalance: names the words with fewer than five rows', async () => {
    const rows = cleanRows().filter((row, i) => row.wordLabel !== 'excellent' || i < 10);
    const finding = only(await find('class-imbalance', rows));
    expect(finding).toMatchObject({ severity: 'warning', rowCount: 2 });
    expect(finding.evidence).toMatch(/excellent 2 \(2 in train\)\. Fewer than 5 rows: excellent\.$/);
  });

  it('near-cut: the share within 0.2 of a cut, on both sides', async () => {
    const near = [0.8, 1.2, 2.8, 4];
    const rows = [...near, 0.79, 1.21, 5].map((mos, i) => buildRow({ mos }, `${i}.jpg`));
    const finding = only(await find('near-cut', rows));
    expect(finding).toMatchObject({ severity: 'info', rowCount: 4 });
    expect(finding.evidence).toContain('4 of 7 MOS (57.1 %)');
  });

  it('label-in-text: own words are a warning only when clearly above chance and the label was in sight', async () => {
    const said = (word: string, i: number) => withDescription(`This is ${word} work, number ${i}.`);
    const rows = cleanRows();
    const own = rows.map((row, i) =>
      said(row.wordLabel ?? '', i)({ ...row, split: 'train', sawLabel: true }),
    );
    const any = rows.map((row, i) =>
      said(WORDS[Math.floor(i / 10)] ?? '', i)({ ...row, split: 'train', sawLabel: true }),
    );
    const blind = own.map((row) => ({ ...row, sawLabel: false }));
    expect(only(await find('label-in-text', own))).toMatchObject({ severity: 'warning', rowCount: 50 });
    expect(only(await find('label-in-text', any))).toMatchObject({ severity: 'info', rowCount: 10 });
    expect(only(await find('label-in-text', blind)).severity).toBe('info');
  });
});
