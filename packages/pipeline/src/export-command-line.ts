import type { ExportShape, ImageMode } from '@retort/corpus';
import { hashHex } from '@retort/schema';

/** Hex digits of a corpus's key that a person has to type. */
const KEY_DIGITS = 12;

/** The line that writes an export again, for its card; the folder is a placeholder, so that no path of a machine gets there. */
export function exportCommandLine(request: {
  readonly corpus: string;
  readonly formats: readonly string[];
  readonly shape: ExportShape;
  readonly imageMode: ImageMode;
}): string {
  const { splits, aspects, turns, words, join, maxTokens } = request.shape;
  const list = (flag: string, names: readonly string[] | null) =>
    names === null ? [] : [`${flag} ${names.join(',')}`];
  return [
    `pnpm distill export ${hashHex(request.corpus).slice(0, KEY_DIGITS)}`,
    `--format ${[...new Set(request.formats)].sort().join(',')}`,
    ...list('--split', splits),
    ...list('--aspects', aspects),
    ...(turns === null ? [] : [`--turns ${turns}`]),
    ...(words === null ? [] : [words ? '--words' : '--no-words']),
    ...list('--join', join),
    ...(maxTokens === null ? [] : [`--max-tokens ${maxTokens}`]),
    ...(request.imageMode === 'path' ? ['--images path'] : []),
    '--out EXPORT',
  ].join(' ');
}
