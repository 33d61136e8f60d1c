import type { PublishedResult } from './report-data.ts';

const PROTOCOL =
  'Fine-tuned MiniCPM-V on GPUs; split 4:1 by image, so every test image’s prompt also stands in train. Other test rows than ours: not comparable.';

const SOURCE = 'Cui et al. 2025, arXiv 2502.13763 (M3-AGIQA)';

/** Date on which the figures were compared with the paper. */
const CHECKED_ON = '2026-11-23';

/** What M3-AGIQA reports of itself, by dataset reader. SRCC and PLCC on its own test split. */
const PUBLISHED_RESULTS: Readonly<Record<string, readonly PublishedResult[]>> = {
  'agiqa-3k': [
    m3Agiqa({ aspect: 'quality', srcc: 0.9045, plcc: 0.9317 }),
    m3Agiqa({ aspect: 'correspondence', srcc: 0.8523, plcc: 0.9142 }),
  ],
};

/** The paper's rows for a dataset, named as its reader is; empty where the paper has none. */
export function publishedResults(reader: string): PublishedResult[] {
  return Object.hasOwn(PUBLISHED_RESULTS, reader) ? [...(PUBLISHED_RESULTS[reader] ?? [])] : [];
}

function m3Agiqa(figures: Pick<PublishedResult, 'aspect' | 'srcc' | 'plcc'>): PublishedResult {
  return { method: 'M3-AGIQA', ...figures, protocol: PROTOCOL, source: SOURCE, checked_on: CHECKED_ON };
}
