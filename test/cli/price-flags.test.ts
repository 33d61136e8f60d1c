import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPriceOverride, unknownPriceMessage } from '../../packages/cli/src/price-flags.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

const OPENAI = { teacher: 'openai', model: 'llava' };
const FILE = {
  checked_at: '2026-11-20',
  source: 'a price list',
  models: { llava: { input_usd_per_million: 0.2, output_usd_per_million: 0.8 } },
};

function priceFolder(): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'prices.json'), JSON.stringify(FILE));
  return folder;
}

describe('readPriceOverride', () => {
  it('takes both flags, free calls included', async () => {
    expect(await readPriceOverride({ priceIn: '0', priceOut: '1.5' }, OPENAI, {})).toEqual({
      inputUsdPerMillion: 0,
      outputUsdPerMillion: 1.5,
      origin: expect.stringContaining('--price-in'),
    });
  });

  it('reads --prices from where the user stands, and RETORT_PRICES where no flag is given', async () => {
    const env = { INIT_CWD: priceFolder() };
    const quote = { inputUsdPerMillion: 0.2, outputUsdPerMillion: 0.8 };
    expect(await readPriceOverride({ prices: 'prices.json' }, OPENAI, env)).toMatchObject(quote);
    const withFile = { ...env, RETORT_PRICES: 'prices.json' };
    expect(await readPriceOverride({}, OPENAI, withFile)).toMatchObject(quote);
    expect(await readPriceOverride({ priceIn: '7', priceOut: '7' }, OPENAI, withFile)).toMatchObject({
      inputUsdPerMillion: 7,
    });
  });

  it('says nothing of a model that the file does not have, and without any flag', async () => {
    const env = { INIT_CWD: priceFolder() };
    expect(await readPriceOverride({ prices: 'prices.json' }, { ...OPENAI, model: 'other' }, env)).toBeNull();
    expect(await readPriceOverride({}, OPENAI, { RETORT_PRICES: '' })).toBeNull();
  });

  it('leaves RETORT_PRICES alone in a replay, and refuses the flags there', async () => {
    const replay = { teacher: 'replay', model: 'recorded' };
    expect(await readPriceOverride({}, replay, { RETORT_PRICES: '/nowhere' })).toBeNull();
    await expect(readPriceOverride({ prices: 'x' }, replay, {})).rejects.toThrow('live teacher');
  });

  it.each([
    ['one price of two', { priceIn: '1' }, '--price-out'],
    ['a price that is no amount', { priceIn: '1', priceOut: 'cheap' }, '--price-out'],
    ['a negative price', { priceIn: '-1', priceOut: '1' }, '--price-in'],
    ['prices twice', { priceIn: '1', priceOut: '1', prices: 'x' }, 'not both'],
    ['a file that is not there', { prices: 'none.json' }, 'none.json'],
  ])('refuses %s', async (_what, flags, expected) => {
    const reading = readPriceOverride(flags, OPENAI, { INIT_CWD: temporaryFolder() });
    await expect(reading).rejects.toMatchObject({ code: 'usage' });
    await expect(reading).rejects.toThrow(expected);
  });
});

describe('unknownPriceMessage', () => {
  it('names every way to give a price', () => {
    for (const flag of ['--price-in', '--price-out', '--prices', 'RETORT_PRICES'])
      expect(unknownPriceMessage('llava')).toContain(flag);
  });
});
