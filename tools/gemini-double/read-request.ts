import { hash } from 'node:crypto';
import { z } from 'zod';

/** What of a generateContent request decides its answer. */
export interface GenerateRequest {
  /** `sha256:…` of the bytes of each inline image, in order. */
  readonly imageHashes: readonly string[];
  /** All text parts, joined by newlines. */
  readonly text: string;
  readonly maxOutputTokens: number | null;
  readonly mediaResolution: string | null;
  /** Schema of a structured answer; null asks for plain text. */
  readonly responseSchema: unknown;
}

export type Read<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: string };

const dataSchema = z.object({ data: z.string().min(1) });
const partSchema = z
  .object({
    text: z.string().optional(),
    inlineData: dataSchema.optional(),
    inline_data: dataSchema.optional(),
  })
  .refine((part) => Object.keys(part).length > 0, {
    message: 'required oneof field "data" must have one initialized field',
  });
const contentSchema = z.object({ parts: z.array(partSchema).min(1) });

const requestSchema = z.object({
  contents: z.array(contentSchema).min(1),
  systemInstruction: contentSchema.optional(),
  generationConfig: z
    .object({
      maxOutputTokens: z.int().positive().optional(),
      mediaResolution: z.string().optional(),
      responseSchema: z.unknown().optional(),
      responseJsonSchema: z.unknown().optional(),
    })
    .optional(),
});

/** Base64 shorter than this isn't worth cutting out. */
const MIN_CUT_BYTES = 256;
const DATA_KEY = Buffer.from('"data"');
const QUOTE = 0x22;
const COLON = 0x3a;

/**
 * Parses JSON whose size is nearly all base64 images, without running them through the JSON parser: each long `"data"`
 * becomes the `sha256:…` of its bytes. With a 60 KB image,
 * hash included: 65 to 73 µs instead of 94 to 110 (Node 24, 2026-11-23).
 *
 * @throws SyntaxError
 */
export function parseWithoutImages(json: Buffer): unknown {
  const pieces: string[] = [];
  let kept = 0;
  let from = 0;
  for (;;) {
    const key = json.indexOf(DATA_KEY, from);
    if (key === -1) break;
    from = key + DATA_KEY.length;
    const start = startOfString(json, from);
    if (start === null) continue;
    const end = json.indexOf(QUOTE, start);
    if (end === -1) break;
    from = end;
    if (end - start < MIN_CUT_BYTES) continue;
    pieces.push(json.toString('utf8', kept, start), hashOfBase64(json.toString('latin1', start, end)));
    kept = end;
  }
  pieces.push(json.toString('utf8', kept));
  return JSON.parse(pieces.join(''));
}

/** Index after the quote that opens a key's value, or null when that is no string. */
function startOfString(json: Buffer, afterKey: number): number | null {
  let at = afterKey;
  let colon = false;
  for (; at < json.length; at += 1) {
    const byte = json[at];
    if (byte === QUOTE) return colon ? at + 1 : null;
    if (byte === COLON && !colon) colon = true;
    else if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return null;
  }
  return null;
}

function hashOfBase64(base64: string): string {
  return `sha256:${hash('sha256', Buffer.from(base64, 'base64'))}`;
}

/** A request as `parseWithoutImages` gave it. */
export function readRequest(value: unknown): Read<GenerateRequest> {
  const parsed = requestSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { ok: false, problem: `* GenerateContentRequest.${issue?.path.join('.')}: ${issue?.message}` };
  }
  const { contents, systemInstruction, generationConfig } = parsed.data;
  const parts = [...contents, ...(systemInstruction ? [systemInstruction] : [])].flatMap(
    (each) => each.parts,
  );
  const images = parts.flatMap((part) => part.inlineData ?? part.inline_data ?? []);
  return {
    ok: true,
    value: {
      imageHashes: images.map(({ data }) => (data.startsWith('sha256:') ? data : hashOfBase64(data))),
      text: parts.flatMap((part) => part.text ?? []).join('\n'),
      maxOutputTokens: generationConfig?.maxOutputTokens ?? null,
      mediaResolution: generationConfig?.mediaResolution ?? null,
      responseSchema: generationConfig?.responseSchema ?? generationConfig?.responseJsonSchema ?? null,
    },
  };
}
