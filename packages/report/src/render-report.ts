import { readFile } from 'node:fs/promises';
import { buildGeneratorKey } from './charts/generator-key.ts';
import { html, trustedMarkup } from './html.ts';
import type { ReportData } from './report-data.ts';
import { auditBody } from './sections/audit.ts';
import { dataBody } from './sections/data.ts';
import { galleryBody } from './sections/gallery.ts';
import { learningCurvesBody } from './sections/learning-curves.ts';
import { paperBody } from './sections/paper.ts';
import { reproduceBody } from './sections/reproduce.ts';
import { resultsBody } from './sections/results.ts';
import { renderSection, type Section } from './sections/section.ts';
import { setAsideBody } from './sections/set-aside.ts';
import { summaryBody } from './sections/summary.ts';
import { teacherBody } from './sections/teacher.ts';

/** Files of `styles/` in the order of the cascade. */
const STYLESHEETS = [
  'colours',
  'page',
  'text',
  'summary',
  'track',
  'tables',
  'charts',
  'audit',
  'gallery',
  'media',
] as const;

/** Nothing is fetched and no script runs, even if a text of a teacher got past the escaping. */
const CONTENT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/**
 * The report as one HTML page that opens offline: styles, charts and thumbnails are inside. Equal data give an equal
 * page. Every text of the data is escaped; the sections that need a fit are left out when there is none.
 */
export async function renderReport(data: ReportData): Promise<string> {
  const [styles, sections] = await Promise.all([readStyles(), buildSections(data)]);
  const { run } = data;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${CONTENT_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${run.dataset}: Retort report</title>
<style>${trustedMarkup(styles)}</style>
</head>
<body>
<header>
<p class="eyebrow">Retort report</p>
<h1>${run.dataset}</h1>
<p class="fine">Teacher ${run.teacher} (${run.model}) · ${run.aspects.join(', ')} · run ${run.id} · <time>${run.started_at}</time></p>
</header>
<nav aria-label="Sections"><ol>${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}</ol></nav>
<main>
${sections.map(renderSection)}</main>
</body>
</html>
`.text;
}

async function readStyles(): Promise<string> {
  const paths = STYLESHEETS.map((name) => new URL(`./styles/${name}.css`, import.meta.url));
  return (await Promise.all(paths.map((path) => readFile(path, 'utf8')))).join('\n');
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
