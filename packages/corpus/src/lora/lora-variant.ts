/**
 * `released`: what the published script of M3-AGIQA does, LoRA on the language model's self-attention with embeddings
 * and resampler trained along. `paper`: what the paper says, LoRA on the vision encoder, language model frozen.
 */
export const LORA_VARIANTS = ['released', 'paper'] as const;
export type LoraVariant = (typeof LORA_VARIANTS)[number];

/**
 * Rank, scale and dropout of both variants: the defaults of MiniCPM-V's finetune.py, which the script of M3-AGIQA
 * (finetune/finetune_lora.sh) leaves alone; the paper names no others (checked 2026-11-23).
 */
export const LORA_RANK = 64;
export const LORA_ALPHA = 64;
export const LORA_DROPOUT = 0.05;
