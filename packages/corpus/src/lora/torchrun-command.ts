import { quoteForShell, type Split } from '@retort/schema';
import { DEEPSPEED_FILE } from './deepspeed-config.ts';
import { MINICPM_LLAMA3_V_2_5 } from './student.ts';

export interface TorchrunOptions {
  readonly splits: readonly Split[];
  readonly maxTokens: number;
  /** Names the folder of the adapter, beside the corpus. */
  readonly outputDir: string;
}

/**
 * The line that starts MiniCPM-V's own finetune.py with LoRA on the language model, from inside the corpus folder; `MINICPM_V` is
 * a checkout of OpenBMB/MiniCPM-V. The options are those of M3-AGIQA's finetune_lora.sh, with one change: `--tune_vision` is
 * false, since today's finetune.py trains the vision encoder in full along with it. `paper` can't be said with its options.
 *
 * @see strawhatboy/M3-AGIQA finetune/finetune_lora.sh, OpenBMB/MiniCPM-V finetune/finetune.py (checked 2026-11-28)
 */
export function torchrunCommand({ splits, maxTokens, outputDir }: TorchrunOptions): string {
  const { model, lora } = MINICPM_LLAMA3_V_2_5;
  const hasVal = splits.includes('val');
  const options: readonly (readonly [name: string, value: string | number | boolean])[] = [
    ['model_name_or_path', model],
    ['llm_type', 'llama3'],
    ['data_path', 'minicpm-v/train.json'],
    ...(hasVal ? [['eval_data_path', 'minicpm-v/val.json'] as const] : []),
    ['remove_unused_columns', false],
    ['label_names', 'labels'],
    ['prediction_loss_only', false],
    ['bf16', true],
    ['tune_vision', false],
    ['tune_llm', false],
    ['use_lora', true],
    ['lora_target_modules', lora.released.targetRegex],
    ['model_max_length', maxTokens],
    ['max_slice_nums', 9],
    ['output_dir', outputDir],
    ['per_device_train_batch_size', 1],
    ['learning_rate', '1e-6'],
    ['weight_decay', 0.1],
    ['adam_beta2', 0.95],
    ['warmup_ratio', 0.01],
    ['lr_scheduler_type', 'cosine'],
    ['gradient_checkpointing', true],
    ['deepspeed', `minicpm-v/lora/${DEEPSPEED_FILE}`],
  ];
  const words = options.map(([name, value]) => `--${name} ${quoteForShell(String(value))}`);
  const steps = ['--do_train', ...(hasVal ? ['--do_eval'] : [])];
  return ['torchrun --nproc_per_node 1 "$MINICPM_V/finetune/finetune.py"', ...steps, ...words].join(' ');
}
