import type { ExportShape, ImageMode } from '@retort/corpus';
import { shortHex } from '@retort/schema';

/** The line that writes an export again, for its card; the folder is a placeholder, so that no path of a machine gets there. */
export function exportCommandLine(request: {
  readonly corpus: string;
  readonly formats: readonly string[];
  readonly shape: ExportShape;
  readonly imageMode: ImageMode;
  readonly student?: string | undefined;
}): string {
  const { splits, aspects, turns, words, join, maxTokens } = request.shape;
  const list = (flag: string, names: readonly string[] | null) =>
    names === null ? [] : [`${flag} ${names.join(',')}`];
  return [
    `pnpm distill export ${shortHex(request.corpus)}`,
    `--format ${[...new Set(request.formats)].sort().join(',')}`,
    ...list('--split', splits),
    ...list('--aspects', aspects),
    ...(turns === null ? [] : [`--turns ${turns}`]),
    ...(words === null ? [] : [words ? '--words' : '--no-words']),
    ...list('--join', join),
    ...(maxTokens === null ? [] : [`--max-tokens ${maxTokens}`]),
    ...(request.imageMode === 'link' ? [] : [`--images ${request.imageMode}`]),
    ...(request.student === undefined ? [] : [`--student ${request.student}`]),
    '--out EXPORT',
  ].join(' ');
}
