import { type ReportData, reportDataSchema } from './report-data.ts';

/**
 * Text of report.json: the data of the HTML report without the thumbnails, keys in the schema's order, so that equal
 * data are equal bytes. `reportDataSchema` reads it back.
 *
 * @throws ZodError when the data break the schema (a NaN, an unknown key): better no file than one nobody can read
 */
export function reportJson(data: ReportData): string {
  const withoutThumbnails = {
    ...data,
    gallery: data.gallery.map((entry) => ({ ...entry, thumbnail: null })),
  };
  return `${JSON.stringify(reportDataSchema.parse(withoutThumbnails), null, 2)}\n`;
}
