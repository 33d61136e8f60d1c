const OFFSET = 0x811c9dc5;
const PRIME = 0x01000193;

/**
 * 53 bits of a text, the same everywhere: for counting and drawing among millions of texts without keeping them. Of a million
 * different texts two share a key with a chance of 1 in 18,000.
 *
 * Two runs of FNV-1a (public domain) over its UTF-16 units, from different beginnings, each mixed by the end of MurmurHash3.
 */
export function textKey(text: string): number {
  let [low, high] = [OFFSET, OFFSET ^ 0x5bd1e995];
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    low = Math.imul(low ^ unit, PRIME);
    high = Math.imul(high ^ unit, 0x85ebca6b);
    high ^= high >>> 15;
  }
  return (mix(high) >>> 11) * 2 ** 32 + mix(low ^ text.length);
}

function mix(value: number): number {
  let mixed = value;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** The same as a number in [0, 1), evenly spread: rows with a share below p are a sample of p, whatever their order. */
export function textShare(text: string): number {
  return textKey(text) / 2 ** 53;
}
