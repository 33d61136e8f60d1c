import { buildGeneratorKey } from './charts/generator-key.ts';
import { html } from './html.ts';
import { renderPage } from './page-shell.ts';
import type { ReportData } from './report-data.ts';
import { auditBody } from './sections/audit.ts';
import { dataBody } from './sections/data.ts';
import { galleryBody } from './sections/gallery.ts';
import { learningCurvesBody } from './sections/learning-curves.ts';
import { paperBody } from './sections/paper.ts';
import { reproduceBody } from './sections/reproduce.ts';
import { resultsBody } from './sections/results.ts';
import type { Section } from './sections/section.ts';
import { setAsideBody } from './sections/set-aside.ts';
import { summaryBody } from './sections/summary.ts';
import { teacherBody } from './sections/teacher.ts';

/**
 * The report as one HTML page that opens offline: styles, charts and thumbnails are inside. Equal data give an equal
 * page. Every text of the data is escaped; the sections that need a fit are left out when there is none.
 */
export async function renderReport(data: ReportData): Promise<string> {
  const { run } = data;
  return renderPage({
    title: `${run.dataset}: Retort report`,
    eyebrow: 'Retort report',
    heading: run.dataset,
    byline: html`Teacher ${run.teacher} (${run.model}) · ${run.aspects.join(', ')} · run ${run.id} · <time>${run.started_at}</time>`,
    sections: await buildSections(data),
  });
}

async function buildSections(data: ReportData): Promise<Section[]> {
  const results = { id: 'results', title: 'Results', body: await resultsBody(data, buildGeneratorKey(data)) };
  return [
    { id: 'summary', title: 'Summary', body: summaryBody(data) },
    { id: 'data', title: 'Data', body: dataBody(data) },
    { id: 'teacher', title: 'Teacher & cost', body: teacherBody(data) },
    { id: 'audit', title: 'Audit', body: auditBody(data) },
    results,
    ...(data.fit === null ? [] : await buildFitSections(data)),
    { id: 'set-aside', title: 'Rejected & dead letters', body: setAsideBody(data) },
    { id: 'reproduce', title: 'Reproduce', body: reproduceBody(data) },
  ];
}

async function buildFitSections(data: ReportData): Promise<Section[]> {
  return [
    { id: 'learning-curves', title: 'Learning curves', body: await learningCurvesBody(data) },
    { id: 'paper', title: 'Paper', body: paperBody(data) },
    { id: 'gallery', title: 'Gallery', body: galleryBody(data) },
  ];
}
