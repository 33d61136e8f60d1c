/** Tokens that a row may have unless somebody says otherwise: `model_max_length` of MiniCPM-V's script, `cutoff_len` of LLaMA-Factory. */
export const DEFAULT_MAX_TOKENS = 2048;
