import { stripVTControlCharacters, styleText } from 'node:util';
import {
  describeAnswers,
  describeLeakage,
  describeReview,
  describeSawLabel,
  describeSplit,
} from './describe-run.ts';
import { type FittedAspect, fittedAspects, scorerOf } from './fitted-aspects.ts';
import { formatCount, formatMetric, formatNoun, formatValue } from './format-figures.ts';
import { judgeHead } from './judge-head.ts';
import type { ReportData } from './report-data.ts';

/** Notes that are printed; with more of them the summary would outgrow a terminal of 25 lines. */
const SHOWN_NOTES = 4;

/**
 * What `distill` prints at its end: at most 25 lines without a trailing line feed, the last of them the training
 * command, alone and unbroken so that it can be copied. Control characters in the data are dropped.
 */
export function terminalSummary(data: ReportData, options: { readonly color: boolean }): string {
  const paint: Paint = (style, text) =>
    options.color ? styleText(style, text, { validateStream: false }) : text;
  const lines = [
    `${paint('bold', plain(data.run.dataset))}  ${paint('dim', plain(`run ${data.run.id}`))}`,
    describeCounts(data),
    plain(describeAnswers(data)),
    plain(describeSawLabel(data) ?? ''),
    describeReview(data) ?? '',
    describeAudit(data),
    data.run.leakage === undefined ? '' : paint('yellow', plain(describeLeakage(data).trim())),
    ...describeFit(data, paint),
    ...describeArtifacts(data, paint),
  ];
  return lines.filter((line) => line !== '').join('\n');
}

type Paint = (style: 'bold' | 'dim' | 'yellow', text: string) => string;

function describeCounts({ counts }: ReportData): string {
  const parts = [
    formatNoun(counts.images, 'image'),
    formatNoun(counts.conversations, 'conversation'),
    `${formatNoun(counts.rejected_total, 'row')} set aside`,
    formatNoun(counts.dead_letters_total, 'dead letter'),
  ];
  return parts.join(', ');
}

function describeAudit({ audit }: ReportData): string {
  const countOf = (severity: string) =>
    audit.findings.filter((finding) => finding.severity === severity).length;
  const parts = [formatNoun(countOf('error'), 'error'), formatNoun(countOf('warning'), 'warning')];
  return `Audit of ${formatNoun(audit.rows, 'row')}: ${parts.join(', ')}, ${formatCount(countOf('info'))} for information`;
}

function describeFit(data: ReportData, paint: Paint): string[] {
  const skipped = data.run.skipped_aspects.map(
    ({ aspect, reason }) => `${aspect} isn’t in this run: ${reason}`,
  );
  if (data.fit === null) {
    return [plain(`No scorer was fitted: ${data.fit_skipped_reason}`), ...describeNotes(skipped, paint)];
  }
  const fitted = fittedAspects(data);
  const judged = fitted.map(({ aspect, fit }) => `${aspect}: ${judgeHead(fit)}`);
  const notes = fitted.flatMap(({ aspect, fit }) => fit.notes.map((note) => `${aspect}: ${note}`));
  return [
    paint('bold', plain(`Test rows, ${describeSplit(data)}:`)),
    ...fitted.flatMap((aspect) => describeAspect(aspect, paint)),
    ...describeNotes([...skipped, ...judged, ...notes], paint),
  ];
}

/** The scorer's figures, and below them the SRCC of everything else. */
function describeAspect({ aspect, fit }: FittedAspect, paint: Paint): string[] {
  const { metrics } = scorerOf(fit);
  const parts = [
    `  ${aspect.padEnd(15)}SRCC ${paint('bold', formatMetric(metrics.srcc))}`,
    `PLCC raw ${formatMetric(metrics.plcc_raw)}`,
    `n ${metrics.n}`,
    `(${plain(scorerOf(fit).title)})`,
  ];
  const others = fit.heads.slice(1).map((head) => `${head.title} ${formatValue(head.metrics.srcc)}`);
  const beside = [...others, `metadata floor ${formatValue(fit.floor.metrics.srcc)}`];
  return [parts.join('  '), paint('dim', plain(`${' '.repeat(17)}beside it: ${beside.join(', ')}`))];
}

function describeNotes(notes: readonly string[], paint: Paint): string[] {
  const shown = notes.slice(0, SHOWN_NOTES).map((note) => paint('yellow', plain(`  Note: ${note}`)));
  const more = notes.length - shown.length;
  return more > 0 ? [...shown, `  ${formatNoun(more, 'more note')} in the report.`] : shown;
}

function describeArtifacts(
  { corpus, artifacts, training_command: command }: ReportData,
  paint: Paint,
): string[] {
  const line = (name: string, text: string) => `${paint('bold', name.padEnd(11))} ${plain(text)}`;
  return [
    corpus === null
      ? ''
      : line('Corpus', `${corpus.path} (${formatNoun(corpus.rows, 'row')}: ${corpus.formats.join(', ')})`),
    artifacts.checkpoint === null ? '' : line('Checkpoint', artifacts.checkpoint),
    artifacts.report === null ? '' : line('Report', artifacts.report),
    ...(command === null ? [] : [paint('bold', 'Train the student on the corpus:'), plain(command)]),
  ];
}

/** One line of printable text, whatever a dataset or a teacher put into it. */
function plain(text: string): string {
  return stripVTControlCharacters(text).replace(/\p{Cc}+/gu, ' ');
}
