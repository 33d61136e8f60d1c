import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sampleDataset } from '@retort/datasets';
import { BASELINE_NAMES } from '@retort/scorer';
import { describe, expect, it } from 'vitest';
import { parseBaseline } from '../../packages/cli/src/baseline-options.ts';
import { baselineCommand } from '../../packages/cli/src/commands/baseline.ts';
import { EXIT } from '../../packages/cli/src/exit-codes.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { quietTerminal } from './quiet-terminal.ts';

const CACHE = process.env.RETORT_CACHE || fileURLToPath(new URL('../../.cache', import.meta.url));
/** A first command may have to install PyTorch and timm. */
const LIMIT_MS = 300_000;

/** 25 real images of five image prompts, with their MOS. */
function smallDataset(): string {
  const folder = temporaryFolder();
  const sample = sampleDataset().path;
  mkdirSync(join(folder, 'images'));
  const lines = readFileSync(join(sample, 'data.csv'), 'utf8').trim().split('\n').slice(1, 26);
  const rows = lines.map((line, at) => {
    const [name = ''] = line.split(',');
    copyFileSync(join(sample, 'images', name), join(folder, 'images', name));
    return `${name},prompt ${at % 5},${1 + (at % 4)}`;
  });
  writeFileSync(join(folder, 'data.csv'), ['name,prompt,mos_quality', ...rows].join('\n'));
  return folder;
}

describe('distill baseline', () => {
  it('trains ResNet50 on real images and writes what benchmark reads', { timeout: LIMIT_MS }, async () => {
    const { RETORT_PYTHON: python } = process.env;
    const { terminal, printed } = quietTerminal({
      RETORT_CACHE: CACHE,
      ...(python === undefined ? {} : { RETORT_PYTHON: python }),
    });
    const folder = smallDataset();
    const out = join(folder, 'resnet50.csv');
    const flags = {
      path: folder,
      out,
      home: join(folder, 'home'),
      fold: '3',
      epochs: '1',
      randomWeights: true,
    };
    expect(await baselineCommand('resnet50', flags, terminal)).toBe(EXIT.ok);
    expect(printed.join('\n')).toContain(
      '5 held-out images predicted by resnet50 (random weights, 1 epoch), fold 3',
    );
    const [header, ...rows] = readFileSync(out, 'utf8').trim().split('\n');
    expect(header).toBe('name,method,seed,fold,quality');
    expect(rows).toHaveLength(5);
    for (const row of rows) expect(row).toMatch(/\.jpg,"resnet50 \(random weights, 1 epoch\)",0,3,-?\d/);
    await expect(baselineCommand('resnet50', { ...flags, aspect: 'authenticity' }, terminal)).rejects.toThrow(
      /has no MOS of authenticity, it has quality/,
    );
  });

  it.each([
    ['no name', undefined, {}, /Name a baseline: vgg16, resnet50/],
    ['a name that is none', 'vgg19', {}, /NAME is one of vgg16, .* not "vgg19"/],
    ['no --out', 'vgg16', {}, /--out FILE\.csv is missing/],
    ['a sixth fold', 'vgg16', { out: 'a.csv', fold: '6' }, /--fold is a whole number from 1 to 5/],
    ['no epochs', 'vgg16', { out: 'a.csv', epochs: '0' }, /--epochs is a whole number from 1/],
    ['another aspect', 'vgg16', { out: 'a.csv', aspect: 'beauty' }, /--aspect is one of quality/],
  ])('refuses %s', (_case, name, flags, message) => {
    expect(() => parseBaseline(name, flags, {})).toThrow(message);
  });

  it('knows the baselines that the documented table has', () => {
    const text = readFileSync(new URL('../../docs/baselines.md', import.meta.url), 'utf8');
    const documented = [...text.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name);
    expect(documented).toEqual([...BASELINE_NAMES]);
  });
});
