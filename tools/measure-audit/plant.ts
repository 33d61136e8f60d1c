import type { AuditRow } from '@retort/corpus';
import type { ImageCopies } from './image-copies.ts';

/** What a plant may use besides the row. */
export interface PlantContext {
  readonly random: () => number;
  /** Another row of the corpus, drawn at random. */
  readonly other: AuditRow;
  readonly copies: ImageCopies;
}

/** Makes one kind of defect in a row; null where this row can't have it. */
export type Plant = (row: AuditRow, context: PlantContext) => AuditRow | null | Promise<AuditRow | null>;

/** Kinds of defects of one code, by what they are called in the table. */
export type Kinds = Readonly<Record<string, Plant>>;

export function described(change: (text: string, row: AuditRow, context: PlantContext) => string): Plant {
  return (row, context) => {
    const text = row.turns.length === 4 ? row.turns[1]?.text : undefined;
    if (text === undefined) return null;
    const changed = change(text, row, context);
    return changed === text ? null : withTurn(row, 1, changed);
  };
}

export function turnOf(index: number, change: (text: string) => string): Plant {
  return (row) => withTurn(row, index, change(row.turns[index]?.text ?? ''));
}

export function withTurn(row: AuditRow, index: number, text: string): AuditRow {
  return { ...row, turns: row.turns.map((turn, i) => (i === index ? { ...turn, text } : turn)) };
}
