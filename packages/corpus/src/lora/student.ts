import type { LoraVariant } from './lora-variant.ts';

/** What LoRA touches in one variant. */
export interface LoraTarget {
  /** Regular expression over whole module names, a string: inside a list peft matches nothing with it. */
  readonly targetRegex: string;
  /** Number of modules it matches in the student; to be checked before a training run. */
  readonly matches: number;
  /** Modules trained in full; null for none. */
  readonly modulesToSave: readonly string[] | null;
}

/** A small vision-language model that can be tuned on a corpus. */
export interface Student {
  /** In our file names. */
  readonly name: string;
  /** On the Hugging Face hub. */
  readonly model: string;
  /** ms-swift's name for its architecture. */
  readonly swiftModelType: string;
  readonly lora: Readonly<Record<LoraVariant, LoraTarget>>;
}

/** The student of the paper. Expressions checked against its 761 module names, 2026-11-23. */
export const MINICPM_LLAMA3_V_2_5: Student = {
  name: 'minicpm-llama3-v-2_5',
  model: 'openbmb/MiniCPM-Llama3-V-2_5',
  swiftModelType: 'minicpmv2_5',
  lora: {
    // The expression of M3-AGIQA's finetune/finetune_lora.sh, which is MiniCPM-V's own. 32 layers x 4.
    released: {
      targetRegex: String.raw`llm\..*layers\.\d+\.self_attn\.(q_proj|k_proj|v_proj|o_proj)`,
      matches: 128,
      modulesToSave: ['embed_tokens', 'resampler'],
    },
    // 27 vision layers x 6.
    paper: {
      targetRegex: String.raw`vpm\.encoder\.layers\.\d+\.(self_attn\.(q_proj|k_proj|v_proj|out_proj)|mlp\.(fc1|fc2))`,
      matches: 162,
      modulesToSave: null,
    },
  },
};

/** A smaller, newer student for ms-swift; needs transformers 5.7 or newer. Checked against its 734 module names, 2026-11-23. */
export const MINICPM_V_4_6: Student = {
  name: 'minicpm-v-4_6',
  model: 'openbmb/MiniCPM-V-4.6',
  swiftModelType: 'minicpmv4_6',
  lora: {
    // Only 6 of its 24 text layers have self-attention: 6 x 4. Its projector is called merger.
    released: {
      targetRegex: String.raw`model\.language_model\.layers\.\d+\.self_attn\.(q_proj|k_proj|v_proj|o_proj)`,
      matches: 24,
      modulesToSave: ['embed_tokens', 'model.merger'],
    },
    // 27 vision layers x 6; the merger inside the vision tower stays out.
    paper: {
      targetRegex: String.raw`model\.vision_tower\.encoder\.layers\.\d+\.(self_attn\.(q_proj|k_proj|v_proj|out_proj)|mlp\.(fc1|fc2))`,
      matches: 162,
      modulesToSave: null,
    },
  },
};

export const STUDENTS: readonly Student[] = [MINICPM_LLAMA3_V_2_5, MINICPM_V_4_6];
