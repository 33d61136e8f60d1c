/**
 * Image formats that are accepted, by content; the file's extension doesn't count. The scorer reads the same ones, by
 * `packages/scorer/image-formats.json`: an image that only one side reads would be paid for and never scored.
 */
export const IMAGE_FORMATS = ['jpeg', 'png', 'webp', 'avif', 'tiff', 'gif'] as const;
export type ImageFormat = (typeof IMAGE_FORMATS)[number];

/** Bytes that `sniffFormat` wants to see, if the file has so many. */
export const SNIFF_BYTES = 256;

/** How each format begins; `avif` is told by its brand, or behind a general one by a compatible brand. */
const SIGNATURES: readonly (readonly [ImageFormat, RegExp])[] = [
  ['jpeg', /^\xff\xd8\xff/],
  ['png', /^\x89PNG\r\n/],
  ['webp', /^RIFF[\s\S]{4}WEBP/],
  ['tiff', /^(?:II\*\0|MM\0\*)/],
  ['gif', /^GIF8[79]a/],
  ['avif', /^[\s\S]{4}ftyp(?:m[is]f1(?:[\s\S]{4})+)?avi[fs]/],
];

/** What a file is when it isn't an image that is accepted, as the end of "The file is …", with what to do. */
const OTHERS: readonly (readonly [RegExp, string])[] = [
  [/^version https:\/\/git-lfs/, 'a Git LFS pointer, not the image: fetch the images with "git lfs pull"'],
  [
    /^(?:\xef\xbb\xbf)?\s*<(?:\?xml[\s\S]*<)?svg/i,
    'an SVG drawing, and only pixel images are taken: export it as PNG',
  ],
  [
    /^(?:\xef\xbb\xbf)?\s*</,
    'HTML or XML text, not an image: fetch the image itself, not the page around it',
  ],
  [/^[\s\S]{4}ftyp(?:hei|hev|mif1|msf1)/, 'HEIC, which is not supported: convert it to JPEG or PNG'],
  [/^BM[\s\S]{4}\0{4}/, 'BMP, which is not supported: convert it to PNG'],
];

export type SniffedFormat =
  | { readonly kind: 'image'; readonly format: ImageFormat }
  | { readonly kind: 'other'; readonly description: string };

/** Tells an image's format by its first bytes, so that nothing else ever reaches a decoder. */
export function sniffFormat(head: Uint8Array): SniffedFormat {
  const bytes = Buffer.from(head.subarray(0, SNIFF_BYTES));
  const text = bytes.toString('latin1');
  const format = SIGNATURES.find(([, signature]) => signature.test(text))?.[0];
  if (format !== undefined) return { kind: 'image', format };
  const known = OTHERS.find(([start]) => start.test(text))?.[1];
  return { kind: 'other', description: known ?? describeUnknown(bytes) };
}

function describeUnknown(bytes: Buffer): string {
  const accepted = 'JPEG, PNG, WebP, AVIF, TIFF and GIF are taken';
  if (isText(bytes)) return `text, not an image (${accepted}): fetch the image itself`;
  return `of an unknown format, beginning with ${bytes.subarray(0, 4).toString('hex')} (${accepted}): convert it`;
}

/** UTF-8 without NUL; the last character may be cut in two. */
function isText(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return !bytes.includes(0);
  } catch {
    return false;
  }
}
