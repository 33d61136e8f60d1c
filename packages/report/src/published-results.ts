import { PUBLISHED_COLUMNS, PUBLISHED_ROWS, type PublishedRow } from './m3-agiqa-table.ts';
import type { PublishedResult } from './report-data.ts';

const SOURCE = 'Cui et al. 2025, arXiv 2502.15167v1 (M3-AGIQA), table of comparison results';

/** Date on which the figures were compared with the paper. */
const CHECKED_ON = '2026-11-28';

/** How the paper's authors divided each dataset (train : test : validation), as the paper says (checked 2026-11-23). */
const SPLITS: Readonly<Record<string, string>> = {
  'agiqa-3k': '4:1 by image: test prompts also stand in train, no validation set',
  aigciqa2023: '3:1, no validation set',
  'aigiqa-20k': '7:2:1 (train, test, validation)',
};

/** The paper's rows for a dataset, named as its reader is, by aspect; empty where the paper has none. */
export function publishedResults(reader: string): PublishedResult[] {
  if (!Object.hasOwn(SPLITS, reader)) return [];
  return PUBLISHED_COLUMNS.flatMap(([dataset, aspect], column) =>
    dataset === reader
      ? PUBLISHED_ROWS.map((row) => {
          const [srcc, plcc] = row.pairs[column] ?? [null, null];
          return {
            method: row.method,
            aspect,
            srcc,
            plcc,
            protocol: protocolOf(row, reader),
            source: SOURCE,
            checked_on: CHECKED_ON,
          };
        })
      : [],
  );
}

function protocolOf({ method, quoted }: PublishedRow, reader: string): string {
  if (quoted)
    return 'Taken over by M3-AGIQA from another paper, with that paper’s split and training: not comparable.';
  const trained = method === 'M3-AGIQA' ? 'Fine-tuned MiniCPM-V on GPUs' : 'Run by M3-AGIQA’s authors';
  return `${trained}; split ${SPLITS[reader]}. Other test rows than ours: not comparable.`;
}
