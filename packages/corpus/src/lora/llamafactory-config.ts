import type { Split } from '@retort/schema';
import { stringify } from 'yaml';
import { llamafactoryDatasetName } from '../formats/llamafactory-info.ts';
import { DEEPSPEED_FILE } from './deepspeed-config.ts';
import { LORA_ALPHA, LORA_DROPOUT, LORA_RANK, type LoraVariant } from './lora-variant.ts';

/** The newest MiniCPM-V that LLaMA-Factory 0.9.5 has a template for and can load, with the modules of Qwen2-7B and SigLIP. */
export const LLAMAFACTORY_STUDENT = {
  name: 'minicpm-v-2_6',
  model: 'openbmb/MiniCPM-V-2_6',
  template: 'minicpm_v',
} as const;

/**
 * What `lora_target` names in each variant and how many modules that is. LLaMA-Factory takes every module whose name contains
 * one of them, except below what is frozen: the vision tower is `vpm`, the projector `resampler`, the language model `llm`.
 * Without the frozen projector `v_proj` would also hit `resampler.kv_proj`.
 * Source: LLaMA-Factory src/llamafactory/model/model_utils/visual.py `patch_target_modules` (checked 2026-11-28).
 */
export const LLAMAFACTORY_TARGETS = {
  // 28 layers of Qwen2-7B x 4.
  released: {
    names: ['q_proj', 'k_proj', 'v_proj', 'o_proj'],
    frozen: ['vpm', 'resampler'],
    matches: 112,
    modulesToSave: ['embed_tokens', 'resampler'],
  },
  // 27 vision layers x 6.
  paper: {
    names: ['q_proj', 'k_proj', 'v_proj', 'out_proj', 'fc1', 'fc2'],
    frozen: ['llm', 'resampler'],
    matches: 162,
    modulesToSave: null,
  },
} as const satisfies Record<LoraVariant, LlamafactoryTarget>;

interface LlamafactoryTarget {
  readonly names: readonly string[];
  readonly frozen: readonly string[];
  readonly matches: number;
  readonly modulesToSave: readonly string[] | null;
}

export interface LlamafactoryOptions {
  readonly variant: LoraVariant;
  /** Splits that have rows. */
  readonly splits: readonly Split[];
  readonly maxTokens: number;
  readonly outputDir: string;
}

/**
 * What `llamafactory-cli train` is told to tune MiniCPM-V 2.6, from inside the corpus folder. Learning rate, epochs and batch
 * are its defaults.
 * Source of the names: LLaMA-Factory 0.9.5 src/llamafactory/hparams/*.py (checked 2026-11-28).
 */
export function llamafactoryConfig({ variant, splits, maxTokens, outputDir }: LlamafactoryOptions) {
  const { names, frozen, modulesToSave } = LLAMAFACTORY_TARGETS[variant];
  const isFrozen = (name: string) => frozen.some((other) => other === name);
  return {
    model_name_or_path: LLAMAFACTORY_STUDENT.model,
    trust_remote_code: true,
    stage: 'sft',
    do_train: true,
    finetuning_type: 'lora',
    lora_rank: LORA_RANK,
    lora_alpha: LORA_ALPHA,
    lora_dropout: LORA_DROPOUT,
    lora_target: names.join(','),
    ...(modulesToSave === null ? {} : { additional_target: modulesToSave.join(',') }),
    freeze_vision_tower: isFrozen('vpm'),
    freeze_multi_modal_projector: isFrozen('resampler'),
    freeze_language_model: isFrozen('llm'),
    dataset: llamafactoryDatasetName('train'),
    ...(splits.includes('val') ? { eval_dataset: llamafactoryDatasetName('val') } : {}),
    dataset_dir: 'llamafactory',
    media_dir: '.',
    template: LLAMAFACTORY_STUDENT.template,
    cutoff_len: maxTokens,
    bf16: true,
    deepspeed: `llamafactory/lora/${DEEPSPEED_FILE}`,
    output_dir: outputDir,
  };
}

/** The same as a file for `llamafactory-cli train FILE.yaml`. */
export function llamafactoryYaml(options: LlamafactoryOptions): string {
  return stringify(llamafactoryConfig(options), { lineWidth: 0 });
}
