import { fileURLToPath } from 'node:url';

/** The dataset that comes with Retort: 297 images of AGIQA-3K with ratings and recorded answers. Paths are absolute. */
export interface SampleDataset {
  /** Registry name of its reader. */
  readonly reader: string;
  readonly path: string;
  /** Recorded answers, one JSON object a line, for a replay. */
  readonly recordings: string;
}

/** Where the sample is; reads nothing. */
export function sampleDataset(): SampleDataset {
  const at = (place: string) => fileURLToPath(new URL(`../sample${place}`, import.meta.url));
  return { reader: 'agiqa-3k', path: at(''), recordings: at('/recordings/gemini-1.5-pro.jsonl') };
}
