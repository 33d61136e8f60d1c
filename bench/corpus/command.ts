import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPython } from '@retort/environment';
import { type Command, Option } from 'commander';
import { readProvenance } from '../machine.ts';
import { isMiss } from '../measurement.ts';
import { printReports, userPath } from '../print-reports.ts';
import { runRows } from '../run-rows.ts';
import { type CorpusBed, createCorpusBed } from './bed.ts';
import { CORPUS_ROWS } from './rows.ts';
import { FULL, QUICK, type Sizes } from './sizes.ts';

interface CorpusFlags {
  readonly quick?: boolean;
  readonly json?: string;
  readonly data: string;
  readonly rows?: string;
  readonly failOnMiss?: boolean;
}

const ROWS_HELP = `
Rows (default all; about 15 minutes in full size):
${CORPUS_ROWS.map(({ name, about }) => `  ${name.padEnd(20)}${about}`).join('\n')}

Examples:
  pnpm bench corpus
  pnpm bench corpus export --rows 100000
  pnpm bench corpus --quick --json bench.json

Exit codes: 0 measured, whatever came out; 1 failed, or with --fail-on-miss a row missed; 2 the command line can't be meant.
What is measured and how: bench/README.md.`;

export function addCorpusBench(program: Command): void {
  program
    .command('corpus')
    .description('export and audit of synthetic corpora: speed beside plain Python, growth and memory')
    .argument('[row...]', 'only these rows')
    .option('--quick', 'tiny runs, to see that it works; the ratios say nothing')
    .option('--json <file>', 'write every figure there too')
    .addOption(
      new Option('--data <dir>', 'empty image files, kept for the next time').default(
        join(tmpdir(), 'retort-bench'),
      ),
    )
    .option('--rows <n>', 'rows of the large size (default 1000000)')
    .option('--fail-on-miss', 'end with exit code 1 when a row misses')
    .addHelpText('after', ROWS_HELP)
    .action(async (names: string[], flags: CorpusFlags, command: Command) => {
      const rows = CORPUS_ROWS.filter(({ name }) => names.length === 0 || names.includes(name));
      const unknown = names.find((name) => !CORPUS_ROWS.some((row) => row.name === name));
      if (unknown !== undefined) {
        command.error(
          `There is no row ${unknown}: take one of ${CORPUS_ROWS.map(({ name }) => name).join(', ')}.`,
        );
      }
      const provenance = readProvenance(process.argv.slice(2), new Date());
      const reports = await runRows(await openBed(flags, sizesOf(flags, command)), rows);
      printReports(provenance, reports, { quick: flags.quick === true, json: flags.json });
      if (flags.failOnMiss === true && reports.some(isMiss)) process.exitCode = 1;
    });
}

function sizesOf(flags: CorpusFlags, command: Command): Sizes {
  const base = flags.quick === true ? QUICK : FULL;
  const [small, large] = base.rows;
  const rows = flags.rows === undefined ? large : Number(flags.rows);
  if (!Number.isInteger(rows) || rows <= small) {
    command.error(`--rows takes a whole number above ${small}, not ${flags.rows}.`);
  }
  return { ...base, rows: [small, rows] };
}

async function openBed(flags: CorpusFlags, sizes: Sizes): Promise<CorpusBed> {
  const dataDir = userPath(flags.data);
  mkdirSync(dataDir, { recursive: true });
  const { executable: python } = await findPython(process.env.RETORT_PYTHON);
  return createCorpusBed({ dataDir, sizes, python, log: (message) => console.error(`  ${message}`) });
}
