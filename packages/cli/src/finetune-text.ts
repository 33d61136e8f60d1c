import type { FinetuneResult } from '@retort/pipeline';
import { type Aspect, quoteForShell } from '@retort/schema';
import { type TableColumn, tableLines } from './terminal/table.ts';

const DIGITS = 4;

/** Figures on val by epoch, those from before tuning first, and how to fit with the stages. */
export function finetuneText(result: FinetuneResult, aspects: readonly Aspect[], color: boolean): string {
  const { stages, rows, history, best_epoch: best, out, learning_rate: rate } = result;
  const tuned = aspects.filter((aspect) => history.some((line) => line.aspects[aspect] !== undefined));
  const columns: TableColumn[] = [
    { title: 'epoch' },
    ...tuned.map((aspect) => ({ title: `${aspect} SRCC/PLCC` })),
  ];
  const lines = history.map((line) => [
    line.epoch === 0 ? 'before' : `${line.epoch}${line.epoch === best ? ', kept' : ''}`,
    ...tuned.map((aspect) =>
      [line.aspects[aspect]?.srcc, line.aspects[aspect]?.plcc]
        .map((value) => value?.toFixed(DIGITS) ?? '–')
        .join(' / '),
    ),
  ]);
  const which = stages === 1 ? 'The last stage' : `The last ${stages} stages`;
  return [
    `${which} of Lite2 tuned on ${rows.train} train rows at ${rate}; ${rows.val} val rows chose the epoch, test rows were not looked at.`,
    ...tableLines(columns, lines, { color }),
    'These are figures of a linear output on the tuned stages alone, on the rows that chose the epoch: a run with them has its own.',
    `Tuned stages: ${out}`,
    `Fit with them: pnpm distill … --tuned-stages ${quoteForShell(out)}`,
  ].join('\n');
}
