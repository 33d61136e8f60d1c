import type { FinetuneOptions } from '@retort/pipeline';
import { choice, wholeNumber } from './flag-values.ts';
import { userPath } from './repository.ts';
import { UsageError } from './usage-error.ts';

const MAX_EPOCHS = 1000;

/** Flags of `distill finetune` as commander hands them over. */
export interface FinetuneFlags {
  readonly run?: string;
  readonly stages?: string;
  readonly epochs?: string;
  readonly learningRate?: string;
  readonly out?: string;
  readonly json?: boolean;
  readonly home?: string;
}

export type FinetuneChoice = Omit<FinetuneOptions, 'threads'>;

/** @throws UsageError a value that can't be */
export function parseFinetune(
  { stages, epochs, learningRate, out }: FinetuneFlags,
  env: Readonly<Record<string, string | undefined>>,
): FinetuneChoice {
  return {
    stages: choice('--stages', stages ?? '1', ['1', '2'] as const) === '1' ? 1 : 2,
    epochs: epochs === undefined ? null : wholeNumber('--epochs', epochs, 1, MAX_EPOCHS),
    learningRate: learningRate === undefined ? null : rate('--learning-rate', learningRate),
    out: out === undefined ? null : userPath(out, env),
  };
}

function rate(flag: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value > 0 && value < 1) return value;
  throw new UsageError(`${flag} is a number between 0 and 1 such as 3e-4, not "${text}".`);
}
