import type { RunPlan } from '@retort/schema';
import { type PriceQuote, readPriceFile } from '@retort/teacher';
import { amount, existing } from './flag-values.ts';
import { userPath } from './repository.ts';
import { UsageError } from './usage-error.ts';

/** Flags that say what calls cost, as commander hands them over. */
export interface PriceFlags {
  readonly priceIn?: string;
  readonly priceOut?: string;
  readonly prices?: string;
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * What the user says a call to the plan's teacher costs: --price-in and --price-out, else --prices, else RETORT_PRICES.
 *
 * @returns null when they say nothing of this model, which leaves it to the table of prices
 * @throws UsageError for flags that can't go together; PriceFileError for a file that can't be read
 */
export async function readPriceOverride(
  flags: PriceFlags,
  { teacher, model }: Pick<RunPlan, 'teacher' | 'model'>,
  env: Env,
): Promise<PriceQuote | null> {
  const given = flags.priceIn ?? flags.priceOut ?? flags.prices;
  if (teacher === 'replay') {
    if (given === undefined) return null;
    throw new UsageError('--price-in, --price-out and --prices go with a live teacher: a replay is free.');
  }
  if (flags.priceIn !== undefined || flags.priceOut !== undefined) return quoteOf(flags);
  const file = flags.prices ?? env.RETORT_PRICES ?? '';
  if (file === '') return null;
  const flag = flags.prices === undefined ? 'RETORT_PRICES' : '--prices';
  return readPriceFile(existing(flag, userPath(file, env)), { teacher, model });
}

function quoteOf({ priceIn, priceOut, prices }: PriceFlags): PriceQuote {
  if (prices !== undefined) {
    throw new UsageError('--prices FILE or --price-in with --price-out, not both: one of them is the price.');
  }
  if (priceIn === undefined || priceOut === undefined) {
    throw new UsageError('--price-in USD and --price-out USD go together, each per million tokens.');
  }
  return {
    inputUsdPerMillion: amount('--price-in', priceIn),
    outputUsdPerMillion: amount('--price-out', priceOut),
    origin: 'given by --price-in and --price-out',
  };
}

/** Why a cap can't be kept, and every way to mend it. */
export function unknownPriceMessage(model: string): string {
  return (
    `--budget can't be kept: the price of ${model} isn't known. Give it with --price-in USD --price-out USD ` +
    '(per million tokens) or --prices FILE (RETORT_PRICES), choose a model whose price is known, or leave --budget out.'
  );
}
