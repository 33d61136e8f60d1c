import type { AspectComparison, ComparedSide, ComparisonData } from '@retort/report';

/** A comparison as the pipeline makes it; figures are made up. */
export function buildComparisonData(): ComparisonData {
  return {
    version: 1,
    command: 'pnpm distill compare run=aaaa run=bbbb',
    seed: 0,
    a: buildSide('run=aaaa', { saw_label: 'all', usd_per_answer: null }),
    b: buildSide('run=bbbb', { prompts: ['quality/blind.v1'] }),
    common: { asked: 120, answered: 118, identical: 3, images: 60 },
    outcomes: [
      { outcome: 'answered', a: 120, b: 118 },
      { outcome: 'blocked', a: 0, b: 2 },
    ],
    refusals: { a: 0, b: 1 },
    aspects: [buildAspectComparison()],
    examples: [
      {
        aspect: 'quality',
        image: 'glide_001.jpg',
        image_prompt: 'a <b>cat</b>',
        mos: 2.345,
        thumbnail: 'data:image/webp;base64,UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA',
        a: 'The cat is sharp.',
        b: 'A blur.',
        rouge_l: 0.125,
        predicted_a: 3.25,
        predicted_b: null,
      },
    ],
  };
}

function buildSide(selector: string, change: Partial<ComparedSide>): ComparedSide {
  return {
    selector,
    teachers: ['gemini'],
    models: ['gemini-3.8-flash'],
    model_versions: ['gemini-3.8-flash-001'],
    prompts: ['quality/label-aware.v1'],
    repeats: [0],
    first_at: '2026-11-01T08:00:00.000Z',
    last_at: '2026-11-02T09:30:00.000Z',
    requests: 120,
    answered: 119,
    saw_label: 'none',
    calls: 131,
    usd_per_answer: 0.001277,
    input_tokens_per_answer: 1350.4,
    output_tokens_per_answer: 71,
    thinking_tokens_per_answer: 0,
    latency_ms: { median: 2598, p10: 1203, p90: 5430 },
    ...change,
  };
}

const estimate = (value: number) => ({ value, low: value - 0.1, high: value + 0.1 });

export function buildAspectComparison(change: Partial<AspectComparison> = {}): AspectComparison {
  const spread = { median: 42, p10: 31, p90: 54 };
  return {
    aspect: 'quality',
    pairs: 60,
    image_prompts: 6,
    resamples: 1000,
    saw_label: { a: true, b: false },
    agreement: {
      rouge_l: estimate(0.24),
      jaccard: estimate(0.17),
      chance: { rouge_l: 0.2, jaccard: 0.15 },
      same: 4,
    },
    lengths: [{ unit: 'words', a: spread, b: { ...spread, median: 38 }, difference: estimate(-4.4) }],
    words: { a: [{ word: 'sharp', z: 3.4, a: 33, b: 6 }], b: [] },
    labels: {
      a: { answers: 24, right: 9 },
      b: { answers: 0, right: 0 },
      both: 0,
      difference: { value: null, low: null, high: null },
    },
    mos: {
      kind: 'fitted',
      rows: 60,
      a: { srcc: estimate(0.58), accuracy: estimate(0.5) },
      b: { srcc: estimate(0.3), accuracy: estimate(0.4) },
      difference: { srcc: estimate(-0.28), accuracy: estimate(-0.1) },
      floor_accuracy: 0.433,
    },
    ...change,
  };
}
