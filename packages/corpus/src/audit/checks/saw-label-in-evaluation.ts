import { isWordOnly } from '../../conversation-shape.ts';
import { createRowCheck } from '../row-check.ts';

/** Text written with the MOS in sight, where something is evaluated. */
export const sawLabelInEvaluation = createRowCheck({
  code: 'saw-label-in-evaluation',
  severity: 'error',
  summary: 'of val or test hold a description whose author had seen the MOS',
  advice:
    'Export question and word only for these rows (evaluationRow), or ask the teacher with a blind prompt.',
  find: (row) =>
    row.split !== null && row.split !== 'train' && row.sawLabel === true && !isWordOnly(row.turns)
      ? `${row.split}, ${row.turns.length} turns`
      : null,
});
