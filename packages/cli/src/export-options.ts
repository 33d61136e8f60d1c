import type { ExportRequest } from '@retort/pipeline';
import { ASPECTS, SPLITS } from '@retort/schema';
import { choice, wholeNumber } from './flag-values.ts';
import type { TokenizerFlags } from './tokenizer-options.ts';
import { UsageError } from './usage-error.ts';

export interface ExportFlags extends TokenizerFlags {
  readonly home?: string;
  readonly json?: boolean;
  readonly format: string;
  readonly out: string;
  readonly run?: string;
  readonly split?: string;
  readonly aspects?: string;
  readonly turns?: string;
  readonly words?: boolean;
  readonly join?: string;
  readonly images: string;
  readonly maxTokens?: string;
  readonly overwrite?: boolean;
  readonly dryRun?: boolean;
}

const IMAGE_MODES: readonly ExportRequest['imageMode'][] = ['link', 'copy', 'path'];
const TURN_COUNTS = ['2', '4'] as const;

/** What the flags ask for. @throws UsageError */
export function exportRequest(
  flags: ExportFlags,
): Pick<ExportRequest, 'formats' | 'shape' | 'imageMode' | 'overwrite' | 'dryRun' | 'student'> {
  if (flags.out.trim() === '') throw new UsageError('--out wants the name of a folder, and got none.');
  return {
    formats: names('--format', flags.format),
    shape: shapeOf(flags),
    imageMode: choice('--images', flags.images, IMAGE_MODES),
    overwrite: flags.overwrite === true,
    dryRun: flags.dryRun === true,
    student: flags.student,
  };
}

function shapeOf({ split, aspects, turns, words, join, maxTokens }: ExportFlags): ExportRequest['shape'] {
  return {
    splits: split === undefined ? null : choices('--split', split, SPLITS),
    aspects: aspects === undefined ? null : choices('--aspects', aspects, ASPECTS),
    turns: turns === undefined ? null : choice('--turns', turns, TURN_COUNTS) === '2' ? 2 : 4,
    words: words ?? null,
    join: join === undefined ? null : choices('--join', join, ASPECTS),
    maxTokens: maxTokens === undefined ? null : wholeNumber('--max-tokens', maxTokens, 1),
  };
}

function choices<T extends string>(flag: string, text: string, known: readonly T[]): readonly T[] {
  return [...new Set(names(flag, text).map((name) => choice(flag, name, known)))];
}

function names(flag: string, text: string): string[] {
  const found = text.split(',').map((name) => name.trim());
  if (found.includes(''))
    throw new UsageError(`${flag} takes names with commas between them, not "${text}".`);
  return found;
}
