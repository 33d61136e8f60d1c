import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { renderComparison } from '@retort/report';
import { chromium } from 'playwright-core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../../fixtures/temporary-folder.ts';
import { buildComparisonData } from '../build-comparison-data.ts';

const CHROMIUM = '/usr/bin/chromium';

describe.skipIf(!existsSync(CHROMIUM))('renderComparison in a browser (needs /usr/bin/chromium)', () => {
  it('asks the network for nothing and never scrolls sideways, at 1280 and 400 px', async () => {
    const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'];
    const browser = await chromium.launch({ executablePath: CHROMIUM, args });
    onTestFinished(() => browser.close());
    const data = buildComparisonData();
    const long = 'averylongnamewithoutanyspace'.repeat(8);
    data.a.selector = long;
    data.a.models = [long];
    data.examples = data.examples.map((example) => ({
      ...example,
      a: long,
      image: long,
      image_prompt: long,
    }));
    const file = join(temporaryFolder(), 'comparison.html');
    await writeFile(file, await renderComparison(data));
    for (const width of [1280, 400]) {
      const page = await browser.newPage({ viewport: { width, height: 900 } });
      const requests: string[] = [];
      const complaints: string[] = [];
      page.on('request', (request) => requests.push(request.url()));
      page.on('console', (message) => complaints.push(message.text()));
      await page.goto(pathToFileURL(file).href);
      expect(requests.filter((url) => !url.startsWith('data:'))).toEqual([pathToFileURL(file).href]);
      expect(complaints).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
      await page.close();
    }
  });
});
