import { renderReport } from '@retort/report';
import { describe, expect, it } from 'vitest';
import { buildReportData, buildUnratedReportData } from './build-report-data.ts';
import { plainText, readSection, readTagNames } from './page-reader.ts';

const SECTION_IDS = [
  'summary',
  'data',
  'teacher',
  'audit',
  'results',
  'learning-curves',
  'paper',
  'gallery',
  'set-aside',
  'reproduce',
];

describe('renderReport: the page', () => {
  it('has every section under its anchor, and a link to each', async () => {
    const page = await renderReport(buildReportData());
    expect([...page.matchAll(/<section id="([^"]+)"/g)].map(([, id]) => id)).toEqual(SECTION_IDS);
    for (const id of SECTION_IDS) expect(page).toContain(`<a href="#${id}">`);
  });

  it('says in the data section what people decided in review', async () => {
    const data = buildReportData();
    const counts = { ...data.counts, review: { accepted: 1, edited: 3, rejected: 2 } };
    const section = readSection(await renderReport({ ...data, counts }), 'data');
    expect(plainText(section)).toContain('1 accepted, 3 edited, 2 rejected');
    expect(await renderReport(data)).not.toContain('Reviewed by people');
  });

  it('holds everything it needs: no script, nothing to fetch, a policy that forbids both', async () => {
    const page = await renderReport(buildReportData());
    expect(page).not.toMatch(/<script|<link|<iframe|<object|@import|url\(|javascript:| on\w+=/i);
    const references = [...page.matchAll(/\s(?:src|srcset|href|xlink:href|poster|action|data)="([^"]*)"/g)];
    expect(references.length).toBeGreaterThan(SECTION_IDS.length);
    for (const [, target = ''] of references) expect(target).toMatch(/^(?:#|data:image\/)/);
    expect(page).not.toMatch(/https?:/);
    expect(page).toContain(
      "default-src 'none'; style-src 'unsafe-inline'; img-src data:".replaceAll("'", '&#39;'),
    );
  });

  it('says what calls cost and who says so, where something was asked live', async () => {
    const data = buildReportData();
    expect(plainText(readSection(await renderReport(data), 'teacher'))).not.toContain('Price');
    data.counts.prices = ['$1 in, $5 out per million tokens: given by --price-in and --price-out'];
    expect(plainText(readSection(await renderReport(data), 'teacher'))).toContain('Price $1 in, $5 out');
  });

  it('says in the data, in the protocol and at the figures that a split leaks', async () => {
    const data = buildReportData();
    expect(plainText(await renderReport(data))).not.toContain('Leakage was allowed');
    data.run = { ...data.run, leakage: ['54 of 54 test images share their <image> prompt with train.'] };
    const page = await renderReport(data);
    for (const section of ['data', 'results']) {
      expect(plainText(readSection(page, section))).toContain(
        'Leakage was allowed: 54 of 54 test images share',
      );
    }
    expect(plainText(readSection(page, 'summary'))).toContain('seed 7, leaks into evaluation');
    expect(page).toContain('their &lt;image&gt; prompt');
  });

  it('is the same page for the same data', async () => {
    expect(await renderReport(buildReportData())).toBe(await renderReport(buildReportData()));
  });

  it('begins with what was run, what it cost and what came of it', async () => {
    const summary = plainText(readSection(await renderReport(buildReportData()), 'summary'));
    for (const expected of [
      'The answers are recorded ones (Gemini 1.5 Pro); nothing was asked or paid today.',
      'descriptions are training targets only. No description entered the scorer',
      'does not beat kernel ridge on the same features (0.735;',
      'Test rows, n 54, split by image prompt, seed 7',
      'authenticity isn’t in this run: the dataset has no ratings for it.',
      '/home/ada/retort/.retort/corpora/ab12ab12',
      "cd '/home/ada/retort/.retort/corpora/ab12ab12' && swift sft",
    ]) {
      expect(summary).toContain(expected);
    }
  });

  it('calls nothing recorded or label-aware that is not', async () => {
    const data = buildReportData();
    data.run = { ...data.run, recorded: false, saw_label: false, model: 'gemini-x' };
    data.gallery = data.gallery.map((entry) => ({ ...entry, saw_label: false }));
    data.counts.cost_usd = null;
    const page = plainText(await renderReport(data));
    expect(page).not.toMatch(/recorded|MOS in sight/);
    expect(page).toContain('gemini-x: 541 calls; cost: unknown');
  });

  it('cannot be changed in its structure by any text of the data', async () => {
    const hostile = `"'></title></style></svg><script>alert(1)</script><img src=x onerror=alert(1)>`;
    const page = await renderReport(withEveryText(buildReportData(), (text) => text + hostile));
    expect(readTagNames(page)).toEqual(readTagNames(await renderReport(buildReportData())));
    expect(plainText(page)).toContain('<script>alert(1)</script>');
  });
});

describe('renderReport: what else a run leaves', () => {
  it('ends an unrated run after the audit and says why', async () => {
    const page = await renderReport(buildUnratedReportData());
    expect(plainText(readSection(page, 'results'))).toContain(
      'No scorer was fitted: the dataset has no ratings',
    );
    for (const id of ['learning-curves', 'paper', 'gallery']) expect(page).not.toContain(`#${id}"`);
    expect(page).not.toContain('<svg');
  });

  it('lists the worst findings first, with the number of rows that are not named', async () => {
    const audit = plainText(readSection(await renderReport(buildReportData()), 'audit'));
    expect(audit.indexOf('answer-debris')).toBeLessThan(audit.indexOf('class-imbalance'));
    expect(audit).toContain('quality/e.jpg and 7 more');
  });

  it('names rejected rows and dead letters, and says when a list is cut', async () => {
    const data = buildReportData();
    data.counts.rejected_total = 1_200;
    const section = plainText(readSection(await renderReport(data), 'set-aside'));
    expect(section).toContain('1,200 rows; the first 1 are listed.');
    expect(section).toContain('data.csv 12 broken.jpg The file has no bytes: get it again.');
    expect(section).toContain('dead.jpg quality blocked SAFETY 2');
  });

  it('shows a picture, its figures and its conversation in the gallery', async () => {
    const data = buildReportData();
    const gallery = readSection(await renderReport(data), 'gallery');
    expect(gallery.split('<article').length - 1).toBe(data.gallery.length);
    expect(gallery).toContain(
      `<img src="${data.gallery[0]?.thumbnail}" alt="a lighthouse made of glass, oil painting">`,
    );
    expect(plainText(gallery)).toContain('MOS 3.214 predicted 3.198 [2.50, 3.90]');
    expect(plainText(gallery)).toContain('A made-up description of quality, for a test.');
    expect(plainText(gallery)).toContain('Describe the quality of this image.');
  });
});

/** Keys whose text is of a closed set or a thumbnail. */
const CLOSED_KEYS = /^(?:aspects?|split|split_by|severity|outcome|role|kind|thumbnail)$/;

function withEveryText<T>(value: T, change: (text: string) => string, key = ''): T {
  if (CLOSED_KEYS.test(key)) return value;
  // A changed text is a string again, and lists and records keep their shape.
  if (typeof value === 'string') return change(value) as T;
  if (Array.isArray(value)) return value.map((member) => withEveryText(member, change)) as T;
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).map(([name, member]) => [name, withEveryText(member, change, name)]);
  return Object.fromEntries(entries) as T;
}
