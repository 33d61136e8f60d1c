import { type Aspect, WORD_LABELS, type WordLabel } from '@retort/schema';
import { wordTurnOf } from '../../conversation-shape.ts';
import type { AuditCheck, CheckFinding } from '../finding.ts';
import { createRowList, type RowList } from '../row-list.ts';

const CODE = 'class-imbalance';
/** Below this many rows, figures of a class are noise and a student hardly learns its word. Our choice. */
const FEW_ROWS = 5;
/** From this ratio between the largest and the smallest class on it is worth a line. Our choice. */
const NOTABLE_RATIO = 10;

type Classes = Map<WordLabel, { all: RowList; train: number }>;

/** How the five words are filled, per aspect; names the classes with fewer than five rows. */
export const classImbalance: AuditCheck = {
  code: CODE,
  start() {
    const byAspect = new Map<Aspect | null, Classes>();
    return {
      see({ position, row }) {
        const word = row.wordLabel ?? wordTurnOf(row);
        if (word === null) return;
        const classes: Classes = byAspect.get(row.aspect) ?? new Map();
        const rows = classes.get(word) ?? { all: createRowList(), train: 0 };
        rows.all.add(position);
        if (row.split === 'train') rows.train += 1;
        classes.set(word, rows);
        byAspect.set(row.aspect, classes);
      },
      finish: () => [...byAspect].flatMap(([aspect, classes]) => judgeClasses(aspect, classes)),
    };
  },
};

function judgeClasses(aspect: Aspect | null, classes: Classes): readonly CheckFinding[] {
  const counts = WORD_LABELS.map((word) => ({ word, count: classes.get(word)?.all.count ?? 0 }));
  const sizes = counts.map(({ count }) => count);
  const ratio = Math.max(...sizes) / Math.max(1, Math.min(...sizes));
  const few = counts.filter(({ count }) => count < FEW_ROWS);
  if (few.length === 0 && ratio < NOTABLE_RATIO) return [];
  const table = counts
    .map(({ word, count }) => `${word} ${count} (${classes.get(word)?.train ?? 0} in train)`)
    .join(', ');
  const concerned = createRowList();
  for (const { word } of few) concerned.addAll(classes.get(word)?.all ?? null);
  const names = few.map(({ word }) => word).join(', ');
  return [
    {
      code: CODE,
      severity: few.length > 0 ? 'warning' : 'info',
      ...concerned.listed(),
      evidence: `${aspect ?? 'aspect unknown'}: ${table}.${few.length > 0 ? ` Fewer than ${FEW_ROWS} rows: ${names}.` : ''}`,
      advice:
        few.length > 0
          ? `Read no figure of ${names} on its own; report over all words, or add images rated there.`
          : 'Report a mean over classes beside the mean over rows.',
    },
  ];
}
