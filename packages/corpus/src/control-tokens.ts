/** Marks the place of the picture; the first thing in every conversation and nowhere else in it. */
export const IMAGE_TOKEN = '<image>';

/**
 * Strings that a consumer turns into a control token wherever they stand, also inside ordinary text:
 * `<|…|>` (Llama 3, ChatML: `<|eot_id|>`, `<|im_end|>`), sentence and unknown marks, the marks of MiniCPM-V's tokenizers
 * (`</image>`, `<slice>`, `<box>`, `<image_00>` …) and of Qwen's (`<think>`, `<tool_call>`), the placeholders that
 * ms-swift's templates replace (`<video>`, `<bbox>`, `<img>` …).
 * Sources: ms-swift 4.6.0 swift/template/base.py `special_tokens`, `_replace_image_tags`; MiniCPM-V finetune/dataset.py;
 * the tokenizers of MiniCPM-Llama3-V-2_5 and MiniCPM-V 4.6 (checked 2026-11-23).
 */
const CONTROL_TOKEN_BODY = [
  String.raw`\|[^|<>\s]{1,64}\|`,
  String.raw`\/?(?:s|unk|pad|image(?:_id|_\d+)?|img|slice|ref|box|quad|point|unit|asr|query|think|tool_call|tool_response)`,
  '(?:video|audio|bbox|ref-object|cot-process|start-image)',
].join('|');

const LIVE = new RegExp(`<(?=(?:${CONTROL_TOKEN_BODY})>)`, 'g');
const DEFUSED = new RegExp(`< (?=(?:${CONTROL_TOKEN_BODY})>)`, 'g');
const LIVE_WHOLE = new RegExp(`<(?:${CONTROL_TOKEN_BODY})>`, 'g');

/**
 * Makes control tokens inside a text harmless with one space after their `<`: `<|im_end|>` becomes `< |im_end|>`, which
 * no tokenizer takes for the token and a person still reads. Text without a control token comes back byte for byte.
 */
export function defuseControlTokens(text: string): string {
  return text.replace(LIVE, '< ');
}

/** Control tokens that stand live in a text, `<image>` among them, in order. */
export function findControlTokens(text: string): readonly string[] {
  if (!text.includes('<')) return []; // nearly every text, and far quicker than the expression
  return text.match(LIVE_WHOLE) ?? [];
}

/** How many control tokens in a text look defused; for the audit. */
export function countDefusedTokens(text: string): number {
  return text.match(DEFUSED)?.length ?? 0;
}
