import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type ReportData, renderReport } from '@retort/report';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildReportData } from './build-report-data.ts';

const CHROMIUM = '/usr/bin/chromium';
const CHROMIUM_ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Names, paths and prompts as long as they come. */
function buildLongData(): ReportData {
  const data = buildReportData();
  const long = 'averylongnamewithoutanyspace'.repeat(8);
  data.run.dataset = long;
  data.training_command = `cd /${long} && swift sft --model ${long}`;
  if (data.corpus !== null) data.corpus.path = `/home/${long}/${long}`;
  data.gallery = data.gallery.map((entry) => ({ ...entry, image_prompt: long, sample_name: `${long}.jpg` }));
  for (const fit of Object.values(data.fit ?? {})) {
    fit.predictions = fit.predictions.map((prediction) => ({ ...prediction, generator: long }));
  }
  return data;
}

// Chromium is no part of the project: without it these are skipped, and counted as such.
describe.skipIf(!existsSync(CHROMIUM))('renderReport in a browser (needs /usr/bin/chromium)', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_ARGS });
  });
  afterAll(() => browser.close());

  it.each([
    [1280, 'light'],
    [390, 'dark'],
  ] as const)(
    'asks the network for nothing and never scrolls sideways, %i px wide, %s',
    async (width, colorScheme) => {
      const folder = await mkdtemp(join(tmpdir(), 'report page '));
      try {
        for (const data of [buildReportData(), buildLongData()]) {
          const file = join(folder, 'report.html');
          await writeFile(file, await renderReport(data));
          const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
          const requests: string[] = [];
          const complaints: string[] = [];
          page.on('request', (request) => requests.push(request.url()));
          page.on('console', (message) => complaints.push(message.text()));
          await page.goto(pathToFileURL(file).href);
          expect(requests.filter((url) => !url.startsWith('data:'))).toEqual([pathToFileURL(file).href]);
          expect(complaints).toEqual([]);
          expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
          expect(await page.evaluate('[...document.images].every((image) => image.naturalWidth > 0)')).toBe(
            true,
          );
          await page.close();
        }
      } finally {
        await rm(folder, { recursive: true });
      }
    },
  );
});
