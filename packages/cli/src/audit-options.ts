import { existsSync } from 'node:fs';
import { SEVERITIES, type Severity } from '@retort/corpus';
import { parseColumnMapping, parseScale } from '@retort/datasets';
import { type FileFacts, readRatingsTable } from '@retort/pipeline';
import { ASPECTS, type Aspect } from '@retort/schema';
import { choice, wholeNumber } from './flag-values.ts';
import { userPath } from './repository.ts';
import type { Terminal } from './terminal/terminal.ts';
import type { TokenizerFlags } from './tokenizer-options.ts';
import { UsageError } from './usage-error.ts';

export interface AuditFlags extends TokenizerFlags {
  readonly home?: string;
  readonly json?: boolean;
  readonly ratings?: string;
  readonly columns?: string;
  readonly scale?: string;
  readonly aspect?: string;
  readonly images?: string;
  readonly sawLabel?: boolean;
  readonly maxRows?: string;
  readonly maxTokens?: string;
  readonly failOn?: string;
  readonly fix?: boolean;
  readonly out?: string;
}

/** Largest --max-rows: nine digits. */
const MOST_ROWS = 999_999_999;
/** Ids a finding shows on a terminal. */
const SHOWN_ROWS = 3;

/** Null when no finding is to fail the command. @throws UsageError for a severity that isn't one */
export function failOnOf({ failOn }: AuditFlags): Severity | null {
  return failOn === undefined ? null : choice('--fail-on', failOn, SEVERITIES);
}

/** Rows that a finding lists. @throws UsageError for what is no whole number */
export function maxRowsOf({ maxRows, json }: AuditFlags): number {
  if (maxRows === undefined) return json === true ? Number.POSITIVE_INFINITY : SHOWN_ROWS;
  return wholeNumber('--max-rows', maxRows, 0, MOST_ROWS);
}

/** Options about files that a corpus of the home would ignore: it knows these things itself. */
const FILE_FLAGS: readonly (readonly [keyof AuditFlags, string])[] = [
  ['ratings', '--ratings'],
  ['columns', '--columns'],
  ['scale', '--scale'],
  ['aspect', '--aspect'],
  ['images', '--images'],
  ['sawLabel', '--saw-label'],
];

/** @throws UsageError for an option that only files have use for */
export function refuseFileFlags(flags: AuditFlags): void {
  if (flags.out !== undefined)
    throw new UsageError('--out is for files: a repaired corpus is stored in the home under its new key.');
  const ignored = FILE_FLAGS.flatMap(([name, flag]) => (flags[name] === undefined ? [] : [flag]));
  if (ignored.length > 0)
    throw new UsageError(
      `${ignored.join(' and ')} is for files: a corpus of the home has its ratings, aspects and images.`,
    );
}

/** Tokens that a row may have; null for what trainers default to. @throws UsageError for what is no whole number */
export function maxTokensOf({ maxTokens }: AuditFlags): number | null {
  return maxTokens === undefined ? null : wholeNumber('--max-tokens', maxTokens, 1);
}

/** What the flags say of files from elsewhere; reads the table of ratings. */
export async function fileFactsOf(flags: AuditFlags, env: Terminal['env']): Promise<FileFacts> {
  const { columns, scale, ratings, images } = flags;
  const imagesDir = images === undefined ? null : userPath(images, env);
  if (imagesDir !== null && !existsSync(imagesDir))
    throw new UsageError(`--images: expected a folder at ${imagesDir}, nothing is there.`);
  if (ratings === undefined && (columns ?? scale) !== undefined)
    throw new UsageError('--columns and --scale are about the table of --ratings: name it too.');
  const options = {
    ...(columns === undefined ? {} : { columns: parseColumnMapping(columns) }),
    ...(scale === undefined ? {} : { scale: parseScale(scale) }),
  };
  return {
    ratings: ratings === undefined ? null : await readRatingsTable(userPath(ratings, env), options),
    aspect: aspectOf(flags),
    imagesDir,
    workingDir: userPath('.', env),
    sawLabel: flags.sawLabel === true ? true : null,
  };
}

function aspectOf({ aspect }: AuditFlags): Aspect | null {
  return aspect === undefined ? null : choice('--aspect', aspect, ASPECTS);
}
