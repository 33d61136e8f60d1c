import { type ReportData, reportDataSchema, reportJson } from '@retort/report';
import { describe, expect, it } from 'vitest';
import { buildReportData, buildUnratedReportData } from './build-report-data.ts';

const withoutThumbnails = (data: ReportData): ReportData => ({
  ...data,
  gallery: data.gallery.map((entry) => ({ ...entry, thumbnail: null })),
});

describe('reportJson', () => {
  it.each([
    ['a rated run', buildReportData()],
    ['an unrated one', buildUnratedReportData()],
  ])('reads back as the same data of %s, without the thumbnails', (_name, data) => {
    expect(reportDataSchema.parse(JSON.parse(reportJson(data)))).toEqual(withoutThumbnails(data));
  });

  it('gives equal bytes for equal data, whatever the order of their keys', () => {
    const data = buildReportData();
    const shuffled = Object.fromEntries(Object.entries(data).reverse()) as ReportData; // the same entries
    expect(reportJson(shuffled)).toBe(reportJson(data));
  });

  it('refuses a figure that JSON has no word for', () => {
    const data = buildReportData();
    const counts = { ...data.counts, cost_usd: Number.NaN };
    expect(() => reportJson({ ...data, counts })).toThrow(/cost_usd/);
  });
});

describe('reportDataSchema', () => {
  it.each([
    'http://example.org/a.png',
    'data:image/svg+xml;base64,AAAA',
    'data:image/png;base64,AA" onload="x',
  ])('refuses %s as a thumbnail', (thumbnail) => {
    const data = buildReportData();
    const gallery = data.gallery.map((entry) => ({ ...entry, thumbnail }));
    expect(reportDataSchema.safeParse({ ...data, gallery }).success).toBe(false);
  });

  it('refuses a key that it does not know', () => {
    expect(reportDataSchema.safeParse({ ...buildReportData(), surprise: 1 }).success).toBe(false);
  });
});
