import type { publishedResults } from '@retort/report';
import { type TableColumn, tableLines } from '../terminal/table.ts';
import type { BenchmarkDocument, BenchmarkMethod } from './document.ts';

/** What a row of the table is made of. */
export type TableMethod = Pick<
  BenchmarkMethod,
  'aspect' | 'method' | 'protocol' | 'n' | 'figures' | 'floor'
> &
  Partial<Pick<BenchmarkMethod, 'seeds' | 'seed_names'>>;

export type PublishedResult = ReturnType<typeof publishedResults>[number];

/** The metadata-only floor divides prompts by a hash of their text (floor.py). */
const FLOOR = 'prompt-disjoint, 5 folds by hash';

type Figure = 'srcc' | 'plcc_raw' | 'plcc_logistic5' | 'krcc' | 'rmse_raw' | 'within_generator';

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
  document: { readonly methods: readonly TableMethod[]; readonly stored: BenchmarkDocument['stored'] },
  published: readonly PublishedResult[],
  style: { readonly color: boolean },
): string[] {
  const methods = document.methods.filter((one) => one.aspect === aspect);
  const protocols = publishedProtocols(published);
  const rows = [
    ...methods.map(methodRow),
    ...document.stored.filter((one) => one.aspect === aspect).map(storedRow),
    ...once(methods.map(floorRow)),
    ...published.filter((one) => one.aspect === aspect).map((one) => publishedRow(one, protocols)),
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

function methodRow(one: TableMethod): string[] {
  const { seed_names: seeds = [] } = one;
  const several = seeds.length > 1 ? `, ${seeds.length} seeds` : '';
  return [
    one.protocol,
    `${one.method}${several}`,
    String(one.n),
    `${cell(one, 'srcc')}${interval(one.figures.intervals.srcc)}`,
    cell(one, 'plcc_raw'),
    cell(one, 'plcc_logistic5'),
    cell(one, 'krcc'),
    cell(one, 'rmse_raw'),
    cell(one, 'within_generator'),
  ];
}

/** The floor on a method's rows: its folds are its own, whatever the method held out. */
function floorRow({ floor }: TableMethod): string[] {
  return [
    FLOOR,
    'floor: metadata alone',
    String(floor.n),
    `${number(floor.srcc)}${interval(floor.intervals.srcc)}`,
    number(floor.plcc_raw),
    number(floor.plcc_logistic5),
    number(floor.krcc),
    number(floor.rmse_raw),
    '-',
  ];
}

/** Several methods on the same rows have the same floor. */
function once(rows: readonly string[][]): string[][] {
  return [...new Map(rows.map((row) => [row.join('\n'), row])).values()];
}

function storedRow(one: BenchmarkDocument['stored'][number]): string[] {
  const name = `${one.head} of fit ${one.run}`;
  const figures = [number(one.srcc), number(one.plcc_raw), '-', number(one.krcc), number(one.rmse_raw), '-'];
  return [one.protocol, name, String(one.n), ...figures];
}

function publishedRow(
  { method, srcc, plcc, protocol }: PublishedResult,
  protocols: readonly string[],
): string[] {
  const name = `published figure (${protocols.indexOf(protocol) + 1})`;
  // The papers say PLCC and not whether a curve was fitted first.
  return [name, method, '-', number(srcc), number(plcc), '-', '-', '-', '-'];
}

/** How published figures were obtained, in the order of their numbers in the table. */
export function publishedProtocols(published: readonly PublishedResult[]): readonly string[] {
  return [...new Set(published.map(({ protocol }) => protocol))];
}

/** Median and deviation over seeds, where there are several. */
function cell({ figures, seeds }: TableMethod, name: Figure): string {
  const spread = seeds?.[name];
  if (spread !== undefined)
    return spread.sd === null ? number(spread.median) : `${number(spread.median)} ± ${number(spread.sd)}`;
  return number(name === 'within_generator' ? figures.within_generator.srcc_mean : figures[name]);
}

export function number(value: number | null): string {
  return value === null ? '-' : value.toFixed(3);
}

/** With its sign; a dash where there is none. */
export function signed(value: number | null): string {
  return value === null ? '-' : `${value < 0 ? '' : '+'}${number(value)}`;
}

/** `, p 0.012`; nothing where there is none. */
export function probability(value: number | null): string {
  return value === null ? '' : `, p ${number(value)}`;
}

export function interval(bounds: readonly [number, number] | null | undefined): string {
  return bounds == null ? '' : ` [${number(bounds[0])}, ${number(bounds[1])}]`;
}
