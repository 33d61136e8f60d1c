import { stripVTControlCharacters, styleText } from 'node:util';

export interface TableColumn {
  readonly title: string;
  /** Figures stand right, words left (the default). */
  readonly align?: 'left' | 'right';
}

/** Lines of a table, two spaces between the columns, without trailing white space. Control characters are dropped. */
export function tableLines(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  { color }: { readonly color: boolean },
): string[] {
  const cells = [columns.map(({ title }) => title), ...rows].map((row) => row.map(plain));
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => row[index]?.length ?? 0)));
  const lines = cells.map((row) =>
    row
      .map((cell, index) => {
        const width = widths[index] ?? 0;
        return columns[index]?.align === 'right' ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd(),
  );
  const [head = '', ...body] = lines;
  return [color ? styleText('dim', head, { validateStream: false }) : head, ...body];
}

function plain(text: string): string {
  return stripVTControlCharacters(text).replace(/\p{Cc}+/gu, ' ');
}
