import { readFile } from 'node:fs/promises';
import { RetortError } from '@retort/schema';
import { z } from 'zod';
import type { PriceQuote } from './price-quote.ts';

const USD = 'USD as a number, 0 or more';
const usd = z.number(USD).min(0, USD);

const priceFileSchema = z.strictObject({
  checked_at: z.iso.date('the day the prices were looked up, such as 2026-11-23'),
  source: z.string('the place the prices are from').trim().min(1, 'the place the prices are from'),
  models: z.record(
    z.string(),
    z.strictObject({
      input_usd_per_million: usd,
      output_usd_per_million: usd,
      batch_input_usd_per_million: usd.optional(),
      batch_output_usd_per_million: usd.optional(),
    }),
    'an object of prices by model name',
  ),
});
type PriceFile = z.infer<typeof priceFileSchema>;

/** A price file that can't be trusted: the message names file, model and field. */
export class PriceFileError extends RetortError {
  readonly code = 'usage';
  readonly path: string;
  constructor(path: string, problem: string, options?: { cause?: unknown }) {
    super(`${path}: ${problem}`, options);
    this.path = path;
  }
}

/** Online teachers' share of the price that a batch pays where the file has no batch price (gemini-protocol, "Models"). */
const BATCH_SHARE = 0.5;

/**
 * The price of a teacher's model in a user's price file; null when the file doesn't have the model.
 *
 * @throws PriceFileError
 */
export async function readPriceFile(
  path: string,
  { teacher, model }: { readonly teacher: string; readonly model: string },
): Promise<PriceQuote | null> {
  const { models, source, checked_at } = parsePriceFile(path, await readText(path));
  const found = [model, model.replace(/^models\//, '')].find((name) => Object.hasOwn(models, name));
  const entry = found === undefined ? undefined : models[found];
  if (entry === undefined) return null;
  const origin = `${path}: ${source} (checked ${checked_at})`;
  return { ...priceOf(entry, teacher.endsWith('-batch')), origin };
}

function priceOf(entry: PriceFile['models'][string], batch: boolean): Omit<PriceQuote, 'origin'> {
  const { input_usd_per_million: input, output_usd_per_million: output } = entry;
  if (!batch) return { inputUsdPerMillion: input, outputUsdPerMillion: output };
  return {
    inputUsdPerMillion: entry.batch_input_usd_per_million ?? input * BATCH_SHARE,
    outputUsdPerMillion: entry.batch_output_usd_per_million ?? output * BATCH_SHARE,
  };
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new PriceFileError(path, 'can’t be read as a file of prices.', { cause });
  }
}

function parsePriceFile(path: string, text: string): PriceFile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new PriceFileError(path, `is not JSON (${cause instanceof Error ? cause.message : cause}).`, {
      cause,
    });
  }
  const parsed = priceFileSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new PriceFileError(path, describeIssue(issue?.path ?? [], describeExpected(issue)));
}

function describeExpected(issue: z.core.$ZodIssue | undefined): string {
  if (issue === undefined) return 'checked_at, source and models';
  return issue.code === 'unrecognized_keys' ? `no member ${issue.keys.join(', ')}` : issue.message;
}

/** Model names hold dots, so model and field are named apart. */
function describeIssue([member, model, field]: readonly PropertyKey[], message: string): string {
  const inModel = member === 'models' && model !== undefined;
  const names = inModel ? [`model "${String(model)}"`, field] : [member];
  const where = names.filter((name) => name !== undefined).map(String);
  return `${where.length === 0 ? 'the file' : where.join(', ')}: expected ${message}.`;
}
