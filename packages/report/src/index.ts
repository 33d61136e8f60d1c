export {
  type AspectComparison,
  type ComparedExample,
  type ComparedSide,
  type ComparedWord,
  type ComparisonData,
  comparisonDataSchema,
} from './comparison/comparison-data.ts';
export { renderComparison } from './comparison/render-comparison.ts';
export { referenceOf, scorerOf } from './fitted-aspects.ts';
export { describeMembers, FIRST_SCORER, headName, REFERENCE_HEAD } from './head-names.ts';
export { publishedResults } from './published-results.ts';
export { renderReport } from './render-report.ts';
export { REPORT_DATA_VERSION, type ReportData, reportDataSchema } from './report-data.ts';
export { reportJson } from './report-json.ts';
export { terminalSummary } from './terminal-summary.ts';
