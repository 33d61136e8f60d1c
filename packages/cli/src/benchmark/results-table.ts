import type { publishedResults } from '@retort/report';
import { type TableColumn, tableLines } from '../terminal/table.ts';
import type { BenchmarkDocument, BenchmarkMethod } from './document.ts';

export type PublishedResult = ReturnType<typeof publishedResults>[number];

const PUBLISHED = 'published figure';

const COLUMNS: readonly TableColumn[] = [
  { title: 'protocol' },
  { title: 'method' },
  { title: 'n', align: 'right' },
  { title: 'SRCC  [95 %]', align: 'right' },
  { title: 'PLCC raw', align: 'right' },
  { title: 'PLCC log5', align: 'right' },
  { title: 'KRCC', align: 'right' },
  { title: 'RMSE raw', align: 'right' },
  { title: 'SRCC in a setting', align: 'right' },
];

/** One table an aspect; rows of one protocol stand together, with a line before those of the next. */
export function resultLines(
  aspect: BenchmarkMethod['aspect'],
  document: BenchmarkDocument,
  published: readonly PublishedResult[],
  style: { readonly color: boolean },
): string[] {
  const rows = [
    ...document.methods.filter((one) => one.aspect === aspect).flatMap(methodRows),
    ...document.stored.filter((one) => one.aspect === aspect).map(storedRow),
    ...published.filter((one) => one.aspect === aspect).map(publishedRow),
  ];
  const groups = [...Map.groupBy(rows, ([protocol]) => protocol ?? '').values()];
  const [head = '', ...body] = tableLines(COLUMNS, groups.flat(), style);
  const rule = '-'.repeat(Math.max(...body.map(({ length }) => length)));
  let next = 0;
  const grouped = groups.flatMap((group, at) => {
    const lines = body.slice(next, next + group.length);
    next += group.length;
    return at === 0 ? lines : [rule, ...lines];
  });
  return [head, ...grouped];
}

/** The method, and the floor on the same rows: it knows no protocol but its own, which is by prompt. */
function methodRows(one: BenchmarkMethod): string[][] {
  const { figures, floor, protocol } = one;
  const several = one.seed_names.length > 1 ? `, ${one.seed_names.length} seeds` : '';
  return [
    [
      protocol,
      `${one.method}${several}`,
      String(one.n),
      `${cell(one, 'srcc')}${interval(figures.intervals.srcc)}`,
      cell(one, 'plcc_raw'),
      cell(one, 'plcc_logistic5'),
      cell(one, 'krcc'),
      cell(one, 'rmse_raw'),
      number(figures.within_generator.srcc_mean),
    ],
    [
      protocol,
      'floor: metadata, same rows',
      String(floor.n),
      `${number(floor.srcc)}${interval(floor.intervals.srcc)}`,
      number(floor.plcc_raw),
      number(floor.plcc_logistic5),
      number(floor.krcc),
      number(floor.rmse_raw),
      '-',
    ],
  ];
}

function storedRow(one: BenchmarkDocument['stored'][number]): string[] {
  const name = `${one.head} of fit ${one.run}`;
  const figures = [number(one.srcc), number(one.plcc_raw), '-', number(one.krcc), number(one.rmse_raw), '-'];
  return [one.protocol, name, String(one.n), ...figures];
}

function publishedRow({ method, srcc, plcc }: PublishedResult): string[] {
  // The papers say PLCC and not whether a curve was fitted first.
  return [PUBLISHED, method, '-', number(srcc), number(plcc), '-', '-', '-', '-'];
}

/** Median and deviation over seeds, where there are several. */
function cell(
  { figures, seeds }: BenchmarkMethod,
  name: 'srcc' | 'plcc_raw' | 'plcc_logistic5' | 'krcc' | 'rmse_raw',
): string {
  const spread = seeds?.[name];
  if (spread === undefined) return number(figures[name]);
  return spread.sd === null ? number(spread.median) : `${number(spread.median)} ± ${number(spread.sd)}`;
}

export function number(value: number | null): string {
  return value === null ? '-' : value.toFixed(3);
}

export function interval(bounds: readonly [number, number] | null | undefined): string {
  return bounds == null ? '' : ` [${number(bounds[0])}, ${number(bounds[1])}]`;
}
