import { shortHex } from '@retort/schema';
import type { LoraVariant } from './lora-variant.ts';

/** Where an adapter goes: beside the corpus, never into it. */
export function adapterFolder(corpusKey: string, variant: LoraVariant): string {
  return `../student-${shortHex(corpusKey)}-${variant}`;
}
