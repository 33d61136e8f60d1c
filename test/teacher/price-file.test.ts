import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPriceFile } from '@retort/teacher';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

const PRICES = {
  checked_at: '2026-11-20',
  source: 'https://example.org/prices',
  models: {
    'llava-1.6': { input_usd_per_million: 0.2, output_usd_per_million: 0.8 },
    'gemini-3.8-flash': {
      input_usd_per_million: 1,
      output_usd_per_million: 4,
      batch_input_usd_per_million: 0.4,
    },
  },
};

function write(content: unknown): string {
  const path = join(temporaryFolder(), 'prices.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

/** The file with one member of the first model, or of the top, changed. */
const withModel = (change: Record<string, unknown>) => ({
  ...PRICES,
  models: { 'llava-1.6': { ...PRICES.models['llava-1.6'], ...change } },
});

describe('readPriceFile', () => {
  it('knows a model of any teacher, and says where its price comes from', async () => {
    const path = write(PRICES);
    expect(await readPriceFile(path, { teacher: 'openai', model: 'llava-1.6' })).toEqual({
      inputUsdPerMillion: 0.2,
      outputUsdPerMillion: 0.8,
      origin: `${path}: https://example.org/prices (checked 2026-11-20)`,
    });
    expect(await readPriceFile(path, { teacher: 'gemini', model: 'models/gemini-3.8-flash' })).toMatchObject({
      inputUsdPerMillion: 1,
    });
  });

  it.each(['llava', 'toString', '__proto__'])('has no price of %s', async (model) => {
    expect(await readPriceFile(write(PRICES), { teacher: 'openai', model })).toBeNull();
  });

  it('takes a batch’s own price where there is one, and half of the other where there is none', async () => {
    const query = { teacher: 'gemini-batch', model: 'gemini-3.8-flash' };
    expect(await readPriceFile(write(PRICES), query)).toMatchObject({
      inputUsdPerMillion: 0.4,
      outputUsdPerMillion: 2,
    });
  });

  it.each([
    ['no JSON', '{"models":', ['not JSON']],
    [
      'a negative price',
      withModel({ output_usd_per_million: -1 }),
      ['"llava-1.6"', 'output_usd_per_million'],
    ],
    [
      'a price in quotes',
      withModel({ input_usd_per_million: '1' }),
      ['"llava-1.6"', 'input_usd_per_million'],
    ],
    ['a missing price', withModel({ input_usd_per_million: undefined }), ['input_usd_per_million']],
    ['an unknown field', withModel({ currency: 'EUR' }), ['"llava-1.6"', 'currency']],
    ['no source', { ...PRICES, source: ' ' }, ['source']],
    ['no date', { ...PRICES, checked_at: 'yesterday' }, ['checked_at', '2026-11-23']],
    ['no models', { ...PRICES, models: null }, ['models']],
  ])('refuses a file with %s, and names file, model and field', async (_what, content, parts) => {
    const path = write(content);
    const reading = readPriceFile(path, { teacher: 'openai', model: 'llava-1.6' });
    await expect(reading).rejects.toMatchObject({ code: 'usage' });
    for (const part of [path, ...parts]) await expect(reading).rejects.toThrow(part);
  });

  it('says so when there is no such file', async () => {
    const reading = readPriceFile(join(temporaryFolder(), 'none.json'), { teacher: 'openai', model: 'x' });
    await expect(reading).rejects.toThrow('none.json');
  });
});
