import { describe, expect, it } from 'vitest';
import { SAMPLE_DIR } from '../corpus/agiqa-rows.ts';
import { fileRow, readRowsOf, withText, writeRows } from '../pipeline/audit/file-bed.ts';
import { runDistill, runJson, testFolder } from './run-distill.ts';

/** A word that the sample's ratings don't give, an answer that refuses, and a sound row. */
function plantedFile(): string {
  const { 'train.json': path = '' } = writeRows({
    'train.json': [
      withText(fileRow('glide_normal_001.jpg'), 3, 'excellent'),
      withText(fileRow('glide_normal_002.jpg'), 1, 'As an AI, I cannot see pictures.'),
      fileRow('glide_normal_003.jpg'),
    ],
  });
  return path;
}

describe('distill audit', () => {
  it('audits a file from elsewhere without a home, and fails where it is told to', async () => {
    const path = plantedFile();
    const ratings = ['--ratings', `${SAMPLE_DIR}/data.csv`];
    const { rows, findings } = await runJson(['audit', path, ...ratings]);
    expect(rows).toBe(3);
    expect(findings).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ code: 'label-mismatch', severity: 'error', row_count: expect.any(Number) }),
        expect.objectContaining({ code: 'refusal', severity: 'error', rows: ['glide_normal_002.jpg'] }),
      ]),
    );
    const failed = await runDistill(['audit', path, ...ratings, '--fail-on', 'error']);
    expect(failed).toMatchObject({ code: 1 });
    expect(failed.stdout).toMatch(/error +refusal +1/);
  });

  it('writes a repaired file, and says in a sentence what it can not do', async () => {
    const path = plantedFile();
    const out = `${path}.fixed-train.json`;
    const report = await runJson([
      'audit',
      path,
      '--ratings',
      `${SAMPLE_DIR}/data.csv`,
      '--fix',
      '--out',
      out,
    ]);
    expect(report).toMatchObject({ rows: 2, fix: { written_to: out, left_out: { refusal: 1 } } });
    expect(readRowsOf(out)).toHaveLength(2);
    const home = await testFolder();
    for (const [args, code, message] of [
      [['audit', path, '--fix'], 2, '--out'],
      [['audit', path, '--fail-on', 'bad'], 2, 'error, warning, info'],
      [['audit', 'deadbeef', '--home', home], 1, 'no such file'],
      [
        ['audit', '--ratings', path, '--aspect', 'quality', '--home', home],
        2,
        '--ratings and --aspect is for files',
      ],
      [['audit', 'nowhere.json', '--home', home], 2, 'no such file'],
      [['audit', '--aspect', 'quality', '--home', home], 2, '--aspect is for files: a corpus of the home'],
      [['audit', path, '--images', 'nowhere'], 2, '--images: expected a folder'],
      [['audit', path, '--scale', '0:5'], 2, '--ratings'],
      [['audit', path, '--ratings', 'nowhere.csv'], 1, 'nowhere.csv'],
    ] as const) {
      const ended = await runDistill(args);
      expect(ended).toMatchObject({ code, stdout: '' });
      expect(ended.stderr).toContain(message);
    }
  });

  it('says when no label was checked, and tells of the first rows only of a table on another scale', async () => {
    const {
      'train.json': path = '',
      'other.csv': other = '',
      'hundred.csv': hundred = '',
    } = writeRows({
      'train.json': [fileRow('glide_normal_001.jpg')],
      'other.csv': 'name,mos_quality\nelsewhere.jpg,3\n',
      'hundred.csv': `name,mos_quality\n${Array.from({ length: 30 }, (_, i) => `${i}.jpg,${50 + i}\n`).join('')}x.jpg,3\n`,
    });
    const unfound = await runDistill(['audit', path, '--ratings', other]);
    expect(unfound).toMatchObject({ code: 0 });
    expect(unfound.stderr).toContain(`none of the 1 images of ${other} is in these files`);
    const { stderr } = await runDistill(['audit', path, '--ratings', hundred]);
    expect(stderr.match(/Not used of the ratings/g)).toHaveLength(5);
    expect(stderr).toContain('and 25 more rows');
    const wide = await runDistill(['audit', path, '--ratings', hundred, '--scale', '0:1000']);
    expect(wide.stderr).toContain('less than a fifth of the scale 0:1000');
  });
});
