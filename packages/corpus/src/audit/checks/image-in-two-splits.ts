import { hashHex } from '@retort/schema';
import type { AuditCheck } from '../finding.ts';
import { startSplitOverlap } from '../split-overlap.ts';

const CODE = 'image-in-two-splits';
/** Enough of a hash to find the image. */
const SHOWN_DIGITS = 12;

/** One and the same picture on two sides, under whatever names. No split rule of ours does that. */
export const imageInTwoSplits: AuditCheck = {
  code: CODE,
  start: () =>
    startSplitOverlap({
      code: CODE,
      severity: 'error',
      things: 'images',
      advice:
        'Give identical images one split, over all aspects: assign splits again over all samples at once.',
      numberOf: ({ image }) => image,
      show: ({ imageKey }) => showKey(imageKey ?? ''),
    }),
};

function showKey(key: string): string {
  return key.startsWith('sha256:') ? `sha256 ${hashHex(key).slice(0, SHOWN_DIGITS)}…` : `“${key}”`;
}
