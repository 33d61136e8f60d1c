export {
  type AspectComparison,
  type ComparedExample,
  type ComparedSide,
  type ComparedWord,
  type ComparisonData,
  comparisonDataSchema,
} from './comparison/comparison-data.ts';
export { renderComparison } from './comparison/render-comparison.ts';
export { HEADS, type Head } from './fit-data.ts';
export { publishedResults } from './published-results.ts';
export { renderReport } from './render-report.ts';
export { type ReportData, reportDataSchema } from './report-data.ts';
export { reportJson } from './report-json.ts';
export { terminalSummary } from './terminal-summary.ts';
