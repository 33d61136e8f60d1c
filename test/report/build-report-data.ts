import { REPORT_DATA_VERSION, type ReportData } from '@retort/report';
import type { Aspect } from '@retort/schema';
import { buildAspectFit, buildOldAspectFit } from './build-aspect-fit.ts';

/** A 1 x 1 PNG. */
export const THUMBNAIL =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** A complete report. Every figure and text in it is made up for tests: nothing of it was measured or answered. */
export function buildReportData(): ReportData {
  return {
    version: REPORT_DATA_VERSION,
    run: {
      id: 'synthetic-run',
      dataset: 'synthetic-3k',
      dataset_source: 'Made up for a test',
      dataset_licence: 'CC0-1.0',
      teacher: 'replay',
      model: 'Gemini 1.5 Pro',
      recorded: true,
      saw_label: true,
      aspects: ['quality', 'correspondence'],
      skipped_aspects: [{ aspect: 'authenticity', reason: 'the dataset has no ratings for it.' }],
      seed: 7,
      split_by: 'image-prompt',
      split_note: 'All images of a prompt are on one side, for all aspects.',
      code_commit: '0123abc',
      started_at: '2026-11-23T10:00:00Z',
      command: 'distill --seed 7',
      options: { seed: 7, limit: null, strict: false, aspects: ['quality', 'correspondence'] },
    },
    counts: buildCounts(),
    audit: {
      rows: 540,
      findings: [
        {
          code: 'class-imbalance',
          severity: 'info',
          rows: [],
          row_count: 0,
          evidence: 'excellent has 2 rows, good 91.',
          advice: 'Report no figure for excellent alone.',
        },
        {
          code: 'answer-debris',
          severity: 'warning',
          rows: ['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => `quality/${letter}.jpg`),
          row_count: 12,
          evidence: '12 descriptions end in a brace of the JSON that they were cut from.',
          advice: 'Read them before you train.',
        },
      ],
    },
    corpus: {
      key: `sha256:${'ab12'.repeat(16)}`,
      path: '/home/ada/retort/.retort/corpora/ab12ab12',
      formats: ['minicpm-v', 'ms-swift'],
      rows: 540,
    },
    training_command:
      "cd '/home/ada/retort/.retort/corpora/ab12ab12' && swift sft --model openbmb/MiniCPM-V --strict true",
    fit: { quality: buildAspectFit(0.712), correspondence: buildAspectFit(0.587) },
    fit_protocol: {
      encoder: 'embedded, revision synthetic-1: pixels and image prompt.',
      heads: [
        { title: 'Scorer', phrase: 'average of 5 xLSTM networks and kernel ridge.' },
        { title: 'xLSTM head', phrase: 'four blocks, d 128, at most 64 tokens.' },
        { title: 'Kernel ridge', phrase: 'image x image prompt kernel.' },
        { title: 'Ridge', phrase: 'linear.' },
      ],
      metric_interval: '95 % bootstrap over image prompts, 1,000 resamples.',
      prediction_interval: '90 % conformal, calibrated by image prompt.',
    },
    fit_skipped_reason: null,
    paper: [
      {
        method: 'M3-AGIQA',
        aspect: 'quality',
        srcc: 0.9045,
        plcc: 0.9317,
        protocol: 'Test prompts also stand in train: not comparable.',
        source: 'arXiv 2502.15167',
        checked_on: '2026-11-23',
      },
    ],
    gallery: (['quality', 'correspondence'] as const).flatMap((aspect) => [
      buildGalleryEntry(aspect, 'best'),
      buildGalleryEntry(aspect, 'worst'),
    ]),
    artifacts: {
      checkpoint: '/home/ada/retort/.retort/fits/scorer.safetensors',
      report: '/home/ada/retort/.retort/report.html',
    },
  };
}

/** The same run as the first Retort fitted it: two heads, the xLSTM head the scorer. */
export function buildOldReportData(): ReportData {
  return { ...buildReportData(), fit: { quality: buildOldAspectFit(0.712) } };
}

/** The same run without ratings: it ends after the export. */
export function buildUnratedReportData(): ReportData {
  const data = buildReportData();
  return {
    ...data,
    fit: null,
    fit_protocol: null,
    fit_skipped_reason: 'the dataset has no ratings, so there is nothing to fit.',
    paper: [],
    gallery: [],
    artifacts: { ...data.artifacts, checkpoint: null },
  };
}

function buildCounts(): ReportData['counts'] {
  return {
    images: 270,
    rejected: [
      { file: 'data.csv', row: 12, name: 'broken.jpg', reason: 'The file has no bytes: get it again.' },
    ],
    rejected_total: 1,
    conversations: 540,
    dead_letters: [
      { image: 'dead.jpg', aspect: 'quality', outcome: 'blocked', reason: 'SAFETY', attempts: 2 },
    ],
    dead_letters_total: 1,
    teacher_calls: 541,
    reused_answers: 0,
    prices: [],
    cost_usd: 0,
    tokens: { input: null, output: null, thinking: null },
    rows: (['quality', 'correspondence'] as const).flatMap((aspect) => [
      { aspect, split: 'train' as const, rows: 162, image_prompts: 18 },
      { aspect, split: 'val' as const, rows: 54, image_prompts: 6 },
      { aspect, split: 'test' as const, rows: 54, image_prompts: 6 },
    ]),
  };
}

function buildGalleryEntry(aspect: Aspect, kind: 'best' | 'worst'): ReportData['gallery'][number] {
  return {
    kind,
    aspect,
    sample_name: `${kind}_${aspect}.jpg`,
    thumbnail: THUMBNAIL,
    image_prompt: 'a lighthouse made of glass, oil painting',
    generator: 'sd1.5',
    mos: 3.214,
    predicted_mos: kind === 'best' ? 3.198 : 1.402,
    low: kind === 'best' ? 2.5 : 0.7,
    high: kind === 'best' ? 3.9 : 2.1,
    conversation: [
      { role: 'user', text: '<image>\nDescribe the quality of this image.' },
      { role: 'assistant', text: `A made-up description of ${aspect}, for a test.` },
      { role: 'user', text: 'Which word fits?' },
      { role: 'assistant', text: 'good' },
    ],
    saw_label: true,
  };
}
