import { hashHex } from '@retort/schema';
import type { LoraVariant } from './lora-variant.ts';

/** Digits of the corpus key that name the folder of an adapter. */
const KEY_DIGITS = 12;

/** Where an adapter goes: beside the corpus, never into it. */
export function adapterFolder(corpusKey: string, variant: LoraVariant): string {
  return `../student-${hashHex(corpusKey).slice(0, KEY_DIGITS)}-${variant}`;
}
