import type { Aspect, CorpusRow, Split } from '@retort/schema';
import { CorpusUsageError } from '../errors.ts';
import type { TokenCounter } from '../tokens/token-counter.ts';
import { type FindPartner, joinAspects } from './join-aspects.ts';
import { isLeftOut, type LeftOutRow, leftOut } from './left-out.ts';
import { assertTurnShape, shapeTurns, type TurnShape } from './shape-turns.ts';

/** What an export takes of a corpus; null takes all. */
export interface ExportShape extends TurnShape {
  readonly splits: readonly Split[] | null;
  readonly aspects: readonly Aspect[] | null;
  readonly join: readonly Aspect[] | null;
  /** Rows with more are left out. */
  readonly maxTokens: number | null;
}

export const WHOLE_CORPUS: ExportShape = {
  splits: null,
  aspects: null,
  turns: null,
  words: null,
  join: null,
  maxTokens: null,
};

/** What a shape needs to know of rows besides the row itself. */
export interface ShapeDeps {
  readonly findPartner: FindPartner;
  /** Null counts nothing; needed for `maxTokens`. */
  readonly counter: TokenCounter | null;
}

/** @throws CorpusUsageError for a shape that can't be */
export function assertShape(shape: ExportShape): void {
  assertTurnShape(shape);
  if (shape.join !== null && new Set(shape.join).size < 2)
    throw new CorpusUsageError('--join takes two aspects or more, such as quality,correspondence.');
  const [outside] = shape.aspects?.filter((aspect) => shape.join?.includes(aspect) === false) ?? [];
  if (outside !== undefined)
    throw new CorpusUsageError(
      `--aspects ${outside} isn’t among the joined ones: name it in --join, or leave it out.`,
    );
}

/** True when nothing is changed or left out, so that the export is the corpus itself. */
export function isWhole(shape: ExportShape): boolean {
  return Object.values(shape).every((value) => value === null);
}

/**
 * A row as the export has it. Rows of splits and aspects that weren't asked for are `null`: nobody misses them. What was
 * asked for and can't be had is left out with its reason.
 */
export function shapeRow(row: CorpusRow, shape: ExportShape, deps: ShapeDeps): CorpusRow | LeftOutRow | null {
  if (shape.splits?.includes(row.split) === false || shape.aspects?.includes(row.aspect) === false)
    return null;
  const joined = shape.join === null ? row : joinAspects(row, shape.join, deps.findPartner);
  const shaped = isLeftOut(joined) ? joined : shapeTurns(joined, shape);
  if (isLeftOut(shaped) || shape.maxTokens === null) return shaped;
  if (deps.counter === null) throw new TypeError('maxTokens needs a counter');
  const { total } = deps.counter.count(shaped);
  return total <= shape.maxTokens
    ? shaped
    : leftOut(shaped, `has ${total} tokens, more than ${shape.maxTokens}`);
}
