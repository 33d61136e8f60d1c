import type { TextPair } from '@retort/corpus';
import { RetortError } from '@retort/schema';
import type { SideFilter, SideRow, Store } from '@retort/store';

/** A side of a comparison: what was asked for in words, and as a filter. */
export interface SideChoice {
  readonly selector: string;
  readonly filter: SideFilter;
}

/** The same image and aspect on both sides. */
export interface RowPair {
  readonly a: SideRow;
  readonly b: SideRow;
}

/** A pair that both sides answered. */
export interface AnsweredPair extends RowPair {
  readonly text: TextPair;
}

export interface PairedSides {
  /** Every request of a side, the newest of several about the same image and aspect. */
  readonly a: readonly SideRow[];
  readonly b: readonly SideRow[];
  /** In the order of aspect and image name. */
  readonly pairs: readonly RowPair[];
  /** Pairs that are one and the same request: they are not in `pairs`. */
  readonly identical: number;
}

/** Two sides that can't be compared: the message says why and what to do. */
export class NothingToCompareError extends RetortError {
  readonly code: 'not-found' | 'usage';
  constructor(code: 'not-found' | 'usage', message: string) {
    super(message);
    this.code = code;
  }
}

/** Finds what both sides asked about. @throws NothingToCompareError */
export function pairSides(
  { comparison }: Pick<Store, 'comparison'>,
  sides: { readonly a: SideChoice; readonly b: SideChoice },
): PairedSides {
  const [a, b] = [sideRows(comparison.side(sides.a.filter)), sideRows(comparison.side(sides.b.filter))];
  for (const [rows, { selector }] of [
    [a, sides.a],
    [b, sides.b],
  ] as const) {
    if (rows.size > 0) continue;
    const message = `Nothing in this home is "${selector}": "distill cost --all" lists runs and models, "distill compare --help" what a side can be.`;
    throw new NothingToCompareError('not-found', message);
  }
  const common = [...a].flatMap(([key, row]): RowPair[] => {
    const other = b.get(key);
    return other === undefined ? [] : [{ a: row, b: other }];
  });
  if (common.length === 0) {
    const message = `${describe(sides.a, a)}, ${describe(sides.b, b)}: no image and aspect is in both, so there is nothing to compare.`;
    throw new NothingToCompareError('not-found', message);
  }
  const pairs = common.filter((pair) => pair.a.requestKey !== pair.b.requestKey);
  if (pairs.length === 0) {
    const message =
      'Both sides are the same answers, so there is nothing to compare: choose another prompt, model or date, ' +
      'or ask the same again on purpose with "distill --repeat 1".';
    throw new NothingToCompareError('usage', message);
  }
  return {
    a: [...a.values()],
    b: [...b.values()],
    pairs: pairs.sort(
      (x, y) => compareText(x.a.aspect, y.a.aspect) || compareText(x.a.imageName, y.a.imageName),
    ),
    identical: common.length - pairs.length,
  };
}

/** By image and aspect: an answer before none, and then the newest. */
function sideRows(rows: readonly SideRow[]): Map<string, SideRow> {
  const chosen = new Map<string, SideRow>();
  for (const row of rows) {
    const key = `${row.aspect} ${row.imageHash}`;
    const known = chosen.get(key);
    if (known === undefined || known.description === null || row.description !== null) chosen.set(key, row);
  }
  return chosen;
}

function describe({ selector }: SideChoice, rows: ReadonlyMap<string, SideRow>): string {
  const aspects = [...new Set([...rows.values()].map(({ aspect }) => aspect))].sort();
  return `"${selector}" has ${rows.size} rows (${aspects.join(', ')})`;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
