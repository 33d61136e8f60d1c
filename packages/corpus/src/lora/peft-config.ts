import { LORA_ALPHA, LORA_DROPOUT, LORA_RANK, type LoraVariant } from './lora-variant.ts';
import type { Student } from './student.ts';

/**
 * The adapter as peft's `LoraConfig(**json)` takes it. Holds only keys of peft 0.12–0.20, since an unknown one raises;
 * `target_modules` is a string, since an expression inside a list matches nothing.
 * Source: peft 0.20 src/peft/tuners/lora/config.py (checked 2026-11-23).
 */
export function peftConfig(student: Student, variant: LoraVariant) {
  const { targetRegex, modulesToSave } = student.lora[variant];
  return {
    base_model_name_or_path: student.model,
    peft_type: 'LORA',
    task_type: 'CAUSAL_LM',
    r: LORA_RANK,
    lora_alpha: LORA_ALPHA,
    lora_dropout: LORA_DROPOUT,
    bias: 'none',
    target_modules: targetRegex,
    modules_to_save: modulesToSave,
  };
}

/** The same as the text of a file. */
export function peftConfigText(student: Student, variant: LoraVariant): string {
  return `${JSON.stringify(peftConfig(student, variant), null, 2)}\n`;
}
