import { CorpusUsageError } from '../errors.ts';
import { imageTokensOf25, MOST_IMAGE_TOKENS_OF_25 } from './slicing/minicpm-llama3-v-2-5.ts';
import { imageTokensOf26, MOST_IMAGE_TOKENS_OF_26 } from './slicing/minicpm-v-2-6.ts';
import { imageTokensOf46, MOST_IMAGE_TOKENS_OF_46 } from './slicing/minicpm-v-4-6.ts';
import type { TokenRule } from './token-rule.ts';

/**
 * Llama 3's template: `<|begin_of_text|>`, then around each turn `<|start_header_id|>`, role, `<|end_header_id|>`, an empty
 * line, `<|eot_id|>`. MiniCPM-V's finetune.py sets the same one that ms-swift has.
 */
const llama3TemplateTokens = (turns: number): number => 1 + 5 * turns;

/** ChatML: around each turn `<|im_start|>`, role, newline, `<|im_end|>`, newline. */
const chatmlTemplateTokens = (turns: number): number => 5 * turns;

/** `<think>`, an empty line, `</think>`, an empty line: ms-swift puts them before every answer of a student that can think. */
const NO_THOUGHT_TOKENS = 4;

/** LLaMA-Factory's default system turn: ChatML's five around `You are a helpful assistant.`, six tokens of Qwen's vocabulary. */
const SYSTEM_TURN_TOKENS = 11;

/** What each student's trainer adds to the text of a row. Templates read in the trainers' code, 2026-11-28; see docs/tokens.md. */
export const TOKEN_RULES: readonly TokenRule[] = [
  {
    student: 'minicpm-llama3-v-2_5',
    imageTokens: (size) => imageTokensOf25(size),
    mostImageTokens: MOST_IMAGE_TOKENS_OF_25,
    templateTokens: llama3TemplateTokens,
  },
  {
    student: 'minicpm-v-4_6',
    imageTokens: (size) => imageTokensOf46(size),
    mostImageTokens: MOST_IMAGE_TOKENS_OF_46,
    templateTokens: (turns) => chatmlTemplateTokens(turns) + NO_THOUGHT_TOKENS * Math.floor(turns / 2),
  },
  {
    student: 'minicpm-v-2_6',
    imageTokens: (size) => imageTokensOf26(size),
    mostImageTokens: MOST_IMAGE_TOKENS_OF_26,
    templateTokens: (turns) => chatmlTemplateTokens(turns) + SYSTEM_TURN_TOKENS,
  },
];

/** @throws CorpusUsageError for a student without a rule */
export function findTokenRule(student: string): TokenRule {
  const rule = TOKEN_RULES.find((candidate) => candidate.student === student);
  if (rule !== undefined) return rule;
  const known = TOKEN_RULES.map((candidate) => candidate.student).join(', ');
  throw new CorpusUsageError(`Tokens can't be counted for a student “${student}”: use one of ${known}.`);
}
