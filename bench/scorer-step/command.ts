import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { REPOSITORY, readProvenance } from '../machine.ts';
import { isMiss } from '../measurement.ts';
import { printReports, userPath } from '../print-reports.ts';
import { runRows } from '../run-rows.ts';
import { openStepBed } from './bed.ts';
import { STEP_ROWS } from './rows.ts';

interface StepFlags {
  readonly quick?: boolean;
  readonly json?: string;
  readonly cache: string;
  readonly threads: string;
  readonly failOnMiss?: boolean;
}

const ROWS_HELP = `
Rows (default all; about 3 minutes, 8 GB of memory):
${STEP_ROWS.map(({ name, about }) => `  ${name.padEnd(10)}${about}`).join('\n')}

Examples:
  pnpm bench scorer-step
  pnpm bench scorer-step shipped --threads 2
  pnpm bench scorer-step --quick --json bench.json

Exit codes: 0 measured, whatever came out; 1 failed, or with --fail-on-miss a row missed; 2 the command line can't be meant.
What is measured and how: bench/README.md.`;

export function addScorerStepBench(program: Command): void {
  program
    .command('scorer-step')
    .description("a training step of the scorer's xLSTM beside the package of its authors, on a CPU")
    .argument('[row...]', 'only these rows')
    .option('--quick', 'tiny runs, to see that it works; the ratios say nothing')
    .option('--json <file>', 'write every figure there too')
    .addOption(
      new Option('--cache <dir>', 'where Python environments are').default(
        process.env.RETORT_CACHE ?? join(REPOSITORY, '.cache'),
      ),
    )
    .option('--threads <n>', 'threads of both sides', '1')
    .option('--fail-on-miss', 'end with exit code 1 when a row misses')
    .addHelpText('after', ROWS_HELP)
    .action(async (names: string[], flags: StepFlags, command: Command) => {
      const known = STEP_ROWS.map(({ name }) => name);
      const unknown = names.find((name) => !known.includes(name));
      if (unknown !== undefined)
        command.error(`There is no row ${unknown}: take one of ${known.join(', ')}.`);
      const threads = Number(flags.threads);
      if (!Number.isInteger(threads) || threads < 1) {
        command.error(`--threads takes a whole number from 1, not ${flags.threads}.`);
      }
      const bed = await openStepBed({
        quick: flags.quick === true,
        threads,
        cacheDir: userPath(flags.cache),
        log: (message) => console.error(`  ${message}`),
      });
      const provenance = readProvenance(process.argv.slice(2), new Date());
      const rows = STEP_ROWS.filter(({ name }) => names.length === 0 || names.includes(name));
      const reports = await runRows(bed, rows);
      printReports(provenance, reports, { quick: bed.quick, json: flags.json });
      if (flags.failOnMiss === true && reports.some(isMiss)) process.exitCode = 1;
    });
}
