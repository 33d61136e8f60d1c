import { quoteForShell, SPLITS, type Split } from '@retort/schema';
import type { LoraVariant } from './lora/lora-variant.ts';
import { MINICPM_LLAMA3_V_2_5, type Student } from './lora/student.ts';
import { type SwiftArguments, swiftArguments } from './lora/swift-arguments.ts';
import type { CorpusManifest } from './manifest.ts';
import { DEFAULT_MAX_TOKENS } from './tokens/max-tokens.ts';

export interface TrainingCommandOptions {
  /** Where the corpus was exported to; null for a command to be typed inside that folder. */
  readonly corpusDir: string | null;
  readonly manifest: Pick<CorpusManifest, 'key' | 'rowsBySplit'>;
  /** The paper's, unless another is given. */
  readonly student?: Student;
  /** `released` unless given. */
  readonly variant?: LoraVariant;
  /** Tokens a row may have; 2,048 unless given. */
  readonly maxTokens?: number;
}

/**
 * The line that tunes a student with ms-swift on an exported corpus, for a POSIX shell. It changes into the corpus folder first,
 * since the image paths in a corpus start there.
 */
export function trainingCommand(options: TrainingCommandOptions): string {
  const {
    corpusDir,
    manifest,
    student = MINICPM_LLAMA3_V_2_5,
    variant = 'released',
    maxTokens = DEFAULT_MAX_TOKENS,
  } = options;
  const splits = splitsWithRows(manifest.rowsBySplit);
  const sft = swiftCommandLine(
    swiftArguments({ student, variant, splits, corpusKey: manifest.key, maxTokens }),
  );
  return corpusDir === null ? sft : `cd ${quoteForShell(corpusDir)} && ${sft}`;
}

/** Splits that a corpus has rows in. */
export function splitsWithRows(rowsBySplit: Readonly<Record<Split, number>>): readonly Split[] {
  return SPLITS.filter((split) => rowsBySplit[split] > 0);
}

function swiftCommandLine(swift: SwiftArguments): string {
  const words = swift.flatMap(([name, value]) => [
    `--${name}`,
    ...(Array.isArray(value) ? value : [String(value)]),
  ]);
  return ['swift', 'sft', ...words.map(quoteForShell)].join(' ');
}
