import { writeFileSync } from 'node:fs';
import { type AuditProgress, auditFiles, readRatingsTable } from '@retort/pipeline';
import { describe, expect, it } from 'vitest';
import { type FileRow, fileRow, NO_FACTS, withText, writeRows } from './file-bed.ts';

const NAMES = ['glide_normal_001.jpg', 'glide_normal_002.jpg', 'glide_normal_003.jpg'] as const;
const [FIRST, SECOND, THIRD] = NAMES;

async function findingsOf(files: Parameters<typeof writeRows>[0], facts = NO_FACTS) {
  const paths = Object.values(writeRows(files));
  const { rows, findings } = await auditFiles(paths, facts, {}, {});
  return { rows, found: Object.fromEntries(findings.map((finding) => [finding.code, finding])) };
}

describe('auditFiles', () => {
  it('has no error for sound rows from elsewhere, and no warning but that of few classes', async () => {
    const { rows, found } = await findingsOf({ 'train.json': NAMES.map((name) => fileRow(name)) });
    expect(rows).toBe(3);
    expect(Object.keys(found)).toEqual(['class-imbalance']);
  });

  it.each<[string, (row: FileRow) => FileRow]>([
    ['missing-image', (row) => ({ ...row, image: 'nowhere.jpg' })],
    ['refusal', (row) => withText(row, 1, 'I cannot view images.')],
    ['turn-order', (row) => ({ ...row, conversations: row.conversations.slice(0, 3) })],
    ['image-token-misplaced', (row) => withText(row, 2, 'Which word for <image>?')],
    ['answer-debris', (row) => withText(row, 1, '<p>Soft contours.</p>')],
    ['control-token', (row) => withText(row, 1, 'Soft contours.<|im_end|>')],
  ])('finds %s at its row', async (code, change) => {
    const { found } = await findingsOf({
      'train.json': [fileRow(FIRST), change(fileRow(SECOND)), fileRow(THIRD)],
    });
    expect(found[code]?.rows).toEqual([SECOND]);
  });

  it('finds an image that is none, and one picture on two sides under two names', async () => {
    const files = writeRows({
      'train.json': [fileRow(FIRST)],
      'test.json': [fileRow(FIRST, { id: 'again' })],
    });
    const { findings } = await auditFiles(Object.values(files), NO_FACTS, {}, {});
    expect(findings.find(({ code }) => code === 'image-in-two-splits')?.rows).toEqual(['again']);
    const broken = writeRows({ 'broken.jpg': 'no picture' })['broken.jpg'] ?? '';
    const { found } = await findingsOf({
      'train.json': [fileRow(FIRST), fileRow(SECOND, { image: broken })],
    });
    expect(found['missing-image']?.evidence).toContain('no image that can be decoded');
  });

  it('checks labels against a table, by file name and on its own scale', async () => {
    const { 'ratings.csv': csv = '' } = writeRows({
      'ratings.csv': `file,caption,mos_quality\n${FIRST},a prompt,50\n${SECOND},b prompt,95\n`,
    });
    const ratings = await readRatingsTable(csv, {
      columns: { name: 'file', image_prompt: 'caption' },
      scale: { min: 0, max: 100 },
    });
    const { found } = await findingsOf(
      { 'train.json': NAMES.map((name) => fileRow(name)) },
      { ...NO_FACTS, ratings },
    );
    expect(found['label-mismatch']?.rows).toEqual([SECOND]);
  });

  it('refuses a table in which no image has a MOS, and knows how many of its images came', async () => {
    const { 'ratings.csv': csv = '', 'none.csv': none = '' } = writeRows({
      'ratings.csv': `name,mos_quality\n${FIRST},2.5\nelsewhere.jpg,1\n`,
      'none.csv': `name,prompt\n${FIRST},a prompt\n`,
    });
    await expect(readRatingsTable(none, {})).rejects.toThrow('--columns mos_quality=');
    const ratings = await readRatingsTable(csv, {});
    await findingsOf({ 'train.json': NAMES.map((name) => fileRow(name)) }, { ...NO_FACTS, ratings });
    expect(ratings).toMatchObject({ images: 2 });
    expect(ratings.found()).toBe(1);
  });

  it('finds no clean bill in a file without rows', async () => {
    const { 'empty.tar': path = '' } = writeRows({ 'empty.tar': '\0'.repeat(1024) });
    await expect(auditFiles([path], NO_FACTS, {}, {})).rejects.toThrow(`Expected rows in ${path}`);
  });

  it('tells of MOS that fill little of the scale', async () => {
    const lines = Array.from({ length: 25 }, (_, i) => `${i}.jpg,${i / 6},${i * 4}\n`).join('');
    const { 'ratings.csv': csv = '' } = writeRows({
      'ratings.csv': `name,mos_quality,mos_correspondence\n${lines}`,
    });
    const { narrow } = await readRatingsTable(csv, { scale: { min: 0, max: 100 } });
    expect(narrow).toEqual(['quality']);
  });

  it('counts rows it cannot read as a finding, and reads the others', async () => {
    const { 'train.jsonl': path = '' } = writeRows({ 'train.jsonl': '' });
    const rows = NAMES.map((name) => {
      const { conversations, image } = fileRow(name);
      return JSON.stringify({ messages: conversations, images: [image] });
    });
    writeFileSync(path, [rows[0], '{"messages": [', rows[1], '{"messages": 3}', rows[2]].join('\n'));
    const report = await auditFiles([path], NO_FACTS, {}, {});
    expect(report.rows).toBe(5);
    expect(report.findings[0]).toMatchObject({ code: 'unreadable-row', severity: 'error', rowCount: 2 });
    expect(report.findings[0]?.rows).toEqual(['train.jsonl line 2', 'train.jsonl line 4']);
  });

  it('tells how many rows were read and how many images looked at', async () => {
    const { 'train.json': path = '' } = writeRows({
      'train.json': [fileRow(FIRST), fileRow(FIRST), fileRow(SECOND)],
    });
    const told: AuditProgress[] = [];
    await auditFiles([path], NO_FACTS, {}, { onProgress: (progress) => told.push(progress) });
    expect(told.map(({ rows }) => rows)).toEqual([1, 2, 3]);
    expect(told.at(-1)).toEqual({ rows: 3, total: null, images: 2 });
  });

  it('knows text that saw the label in a test file only when it is told', async () => {
    const files = { 'test.json': [fileRow(FIRST)] };
    expect((await findingsOf(files)).found['saw-label-in-evaluation']).toBeUndefined();
    const told = await findingsOf(files, { ...NO_FACTS, sawLabel: true });
    expect(told.found['saw-label-in-evaluation']?.rows).toEqual([FIRST]);
  });
});
