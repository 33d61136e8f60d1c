import type { Split } from '@retort/schema';
import { stringify } from 'yaml';
import { adapterFolder } from './adapter-folder.ts';
import { LORA_ALPHA, LORA_DROPOUT, LORA_RANK, type LoraVariant } from './lora-variant.ts';
import type { Student } from './student.ts';

export interface SwiftArgumentsOptions {
  readonly student: Student;
  readonly variant: LoraVariant;
  /** Splits that have rows: ms-swift can't load an empty file. */
  readonly splits: readonly Split[];
  readonly corpusKey: string;
  /** Tokens a row may have; a longer one ends the run. */
  readonly maxTokens: number;
}

/** Options of `swift sft` in their order; a list is an option with several values. */
export type SwiftArguments = readonly (readonly [
  name: string,
  value: string | number | boolean | readonly string[],
])[];

/**
 * What `swift sft` is told to tune a student on a corpus, from inside the corpus folder. With `strict`, a row that can't
 * be loaded or is too long ends the run; without it ms-swift swaps such rows in silence. The adapter goes beside the
 * corpus, never into it. Learning rate, epochs and batch are ms-swift's defaults.
 * Source of the names: ms-swift 4.6.0 swift/arguments/{sft_args,tuner_args,base_args/*}.py, which also turns
 * `target_regex` into peft's string `target_modules` and `truncation_strategy delete` into an error under `strict`
 * (checked 2026-11-23).
 */
export function swiftArguments({
  student,
  variant,
  splits,
  corpusKey,
  maxTokens,
}: SwiftArgumentsOptions): SwiftArguments {
  const { targetRegex, modulesToSave } = student.lora[variant];
  return [
    ['model', student.model],
    ['model_type', student.swiftModelType],
    ['use_hf', true],
    ['torch_dtype', 'bfloat16'],
    ['tuner_type', 'lora'],
    ['lora_rank', LORA_RANK],
    ['lora_alpha', LORA_ALPHA],
    ['lora_dropout', LORA_DROPOUT],
    ['target_regex', targetRegex],
    ...(modulesToSave === null ? [] : [['modules_to_save', modulesToSave] as const]),
    ['dataset', ['ms-swift/train.jsonl']],
    ...(splits.includes('val') ? [['val_dataset', ['ms-swift/val.jsonl']] as const] : []),
    ['strict', true],
    ['max_length', maxTokens],
    ['truncation_strategy', 'delete'],
    ['output_dir', adapterFolder(corpusKey, variant)],
  ];
}

/** The same as a file for `swift sft FILE.yaml`. */
export function swiftArgumentsYaml(swift: SwiftArguments): string {
  return stringify(Object.fromEntries(swift), { lineWidth: 0 });
}
