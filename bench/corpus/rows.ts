import type { BenchRow } from '../row.ts';
import type { CorpusBed } from './bed.ts';
import { auditRow } from './rows/audit.ts';
import { distillExportRow } from './rows/distill-export.ts';
import { exportRow } from './rows/export.ts';
import { nearDuplicatesRow } from './rows/near-duplicates.ts';

/** In the order of issue 5. */
export const CORPUS_ROWS: readonly BenchRow<CorpusBed>[] = [
  exportRow,
  auditRow,
  nearDuplicatesRow,
  distillExportRow,
];
