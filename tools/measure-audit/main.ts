import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type AuditRow, audit } from '@retort/corpus';
import { openLooseTokenCounter } from '@retort/pipeline';
import { createRandom } from '../../packages/corpus/src/compare/random.ts';
import { readRows } from './clean-rows.ts';
import { createImageCopies, withFingerprints } from './image-copies.ts';
import { type Measured, measureCode, openMeasureBed, RATES } from './measure.ts';
import { countFalseWarnings, measureCorpora } from './measure-corpora.ts';
import { PLANTS } from './plants.ts';

const root = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const BEGIN = '<!-- measured: begin -->';
const END = '<!-- measured: end -->';
/** Rows of a finding that are printed to be read by eye. */
const READ_BY_EYE = 50;
/** Corpora for each fault of a whole corpus. */
const CORPORA = 5;

/** The tokenizer of the paper's student is at hand. */
const NO_HUB = {
  fetch: () => Promise.reject(new TypeError('nothing is downloaded to measure')),
  url: '',
  token: null,
  cacheDir: '',
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string', default: '1' },
    write: { type: 'boolean', default: false },
    samples: { type: 'boolean', default: false },
  },
});
const dir = positionals[0] ?? root('packages/datasets/sample');
const seed = Number(values.seed);

if (values.samples) await printSamples();
else await measure();

/** Precision and recall on planted defects: a table on stdout, with --write also into docs/audit.md. */
async function measure(): Promise<void> {
  const images = join(dir, 'images');
  const rows = await withFingerprints(await readRows(dir, root('prompts'), false), images);
  const tokenCounter = await openLooseTokenCounter({ source: null, hub: NO_HUB });
  const context = { splitBy: 'image-prompt', tokenCounter } as const;
  const bed = await openMeasureBed({ rows, context, copies: createImageCopies(images) });
  const measured: Measured[] = [];
  for (const code of Object.keys(PLANTS)) {
    for (const rate of RATES) measured.push(await measureCode(bed, code, rate, seed));
    process.stderr.write(`${code}\n`);
  }
  const corpora = await corporaText(rows);
  const text = [
    `Planted into the ${rows.length} rows of the ${rows.length > 1000 ? 'full' : 'committed'} recordings, cleaned and split as a run does; seed ${seed}.`,
    '',
    '| finding | kinds | planted at 0.2 %, 2 %, 10 % | recall | precision | missed |',
    '| --- | --: | --- | --- | --- | --- |',
    ...Object.keys(PLANTS).map((code) =>
      lineOf(
        code,
        measured.filter((figures) => figures.code === code),
      ),
    ),
    '',
    'The kinds:',
    '',
    ...Object.entries(PLANTS).map(([code, kinds]) => `- \`${code}\`: ${Object.keys(kinds).join('; ')}`),
    '',
    ...corpora,
  ].join('\n');
  process.stdout.write(`${text}\n`);
  if (values.write) await writeIntoDocs(text);
}

/** Findings about a corpus as a whole: one fault planted in each of several corpora, and as many with nothing to find. */
async function corporaText(rows: readonly AuditRow[]): Promise<readonly string[]> {
  const seeds = Array.from({ length: CORPORA }, (_, index) => seed + index);
  const measured = await measureCorpora(rows, seeds);
  const wrong = await countFalseWarnings(rows, seeds);
  return [
    `Findings about a corpus as a whole, ${CORPORA} corpora each (seeds ${seeds[0]} to ${seeds.at(-1)}): found is a warning that lists the`,
    'rows it should and no others; wrong is one on corpora whose quality MOS were dealt out to the images at random.',
    '',
    '| finding | fault in the quality rows | found | wrong |',
    '| --- | --- | --: | --: |',
    ...measured.map(
      ({ code, kind, found, corpora }) =>
        `| \`${code}\` | ${kind} | ${found} of ${corpora} | ${wrong.get(code) ?? 0} of ${corpora} |`,
    ),
  ];
}

function lineOf(code: string, figures: readonly Measured[]): string {
  const recall = figures.map(({ found, planted }) => share(found, planted)).join(', ');
  const precision = figures.map(({ found, wrong }) => share(found, found + wrong)).join(', ');
  const missed = Object.entries(figures.at(-1)?.missed ?? {}).map(([kind, count]) => `${kind} ${count}`);
  const planted = figures.map((figure) => figure.planted).join(', ');
  const kinds = Object.keys(PLANTS[code] ?? {}).length;
  return `| \`${code}\` | ${kinds} | ${planted} | ${recall} | ${precision} | ${missed.join('; ') || '–'} |`;
}

function share(part: number, whole: number): string {
  return whole === 0 ? '–' : (part / whole).toFixed(3);
}

async function writeIntoDocs(text: string): Promise<void> {
  const file = root('docs/audit.md');
  const page = await readFile(file, 'utf8');
  const [before, rest = ''] = page.split(BEGIN);
  const after = rest.split(END)[1] ?? '';
  await writeFile(file, `${before}${BEGIN}\n${text}\n${END}${after}`);
}

/** Up to 50 rows a finding of the answers as they came, drawn with the seed: to be read by eye. */
async function printSamples(): Promise<void> {
  const rows = await readRows(dir, root('prompts'), true);
  const byId = new Map<string, AuditRow>(rows.map((row) => [row.id, row]));
  const random = createRandom(seed);
  for (const { code, severity, rows: ids, evidence } of (await audit(rows)).findings) {
    process.stdout.write(`\n## ${severity} ${code}: ${ids.length} rows. ${evidence}\n`);
    const drawn = ids.map((id) => ({ id, rank: random() })).sort((a, b) => a.rank - b.rank);
    for (const { id } of drawn.slice(0, READ_BY_EYE)) {
      process.stdout.write(`${id}: ${JSON.stringify(byId.get(id)?.turns[1]?.text)}\n`);
    }
  }
}
