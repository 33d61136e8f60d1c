import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { readProvenance } from '../machine.ts';
import { isMiss } from '../measurement.ts';
import { printReports, userPath } from '../print-reports.ts';
import { runRows } from '../run-rows.ts';
import { createBed, sweepHomes } from './bed.ts';
import { distillHelp } from './distill-process.ts';
import { TEACH_ROWS } from './rows.ts';
import { FULL, QUICK } from './sizes.ts';

interface TeachFlags {
  readonly quick?: boolean;
  readonly json?: string;
  readonly data: string;
  readonly repeats?: string;
  readonly failOnMiss?: boolean;
}

const ROWS_HELP = `
Rows (default all; about 45 minutes in full size):
${TEACH_ROWS.map(({ name, about }) => `  ${name.padEnd(20)}${about}`).join('\n')}

Examples:
  pnpm bench teach
  pnpm bench teach latency-c64 cpu --repeats 3
  pnpm bench teach --quick --json bench.json

Exit codes: 0 measured, whatever came out; 1 failed, or with --fail-on-miss a row missed; 2 the command line can't be meant.
What is measured and how: bench/README.md.`;

export function addTeachBench(program: Command): void {
  program
    .command('teach')
    .description(
      'distill against a loopback stand-in of Gemini: speed, cost, limits, losses and memory, as ratios',
    )
    .argument('[row...]', 'only these rows')
    .option('--quick', 'tiny runs, to see that it works; the ratios say nothing')
    .option('--json <file>', 'write every figure there too')
    .addOption(
      new Option('--data <dir>', 'pictures and prepared homes, kept for the next time').default(
        join(tmpdir(), 'retort-bench'),
      ),
    )
    .option('--repeats <n>', 'pairs of runs a ratio is the median of (default 2)')
    .option('--fail-on-miss', 'end with exit code 1 when a row misses')
    .addHelpText('after', ROWS_HELP)
    .action(async (names: string[], flags: TeachFlags, command: Command) => {
      const rows = TEACH_ROWS.filter(({ name }) => names.length === 0 || names.includes(name));
      const unknown = names.find((name) => !TEACH_ROWS.some((row) => row.name === name));
      if (unknown !== undefined) {
        command.error(
          `There is no row ${unknown}: take one of ${TEACH_ROWS.map(({ name }) => name).join(', ')}.`,
        );
      }
      const provenance = readProvenance(process.argv.slice(2), new Date());
      const bed = await openBed(flags, command);
      const reports = await runRows(bed, rows);
      printReports(provenance, reports, { quick: flags.quick === true, json: flags.json });
      if (flags.failOnMiss === true && reports.some(isMiss)) process.exitCode = 1;
    });
}

async function openBed(flags: TeachFlags, command: Command) {
  const dataDir = userPath(flags.data);
  mkdirSync(dataDir, { recursive: true });
  await sweepHomes(dataDir);
  const base = flags.quick === true ? QUICK : FULL;
  const repeats = flags.repeats === undefined ? base.repeats : Number(flags.repeats);
  if (!Number.isInteger(repeats) || repeats < 1) {
    command.error(`--repeats takes a whole number from 1 on, not ${flags.repeats}.`);
  }
  return createBed({
    dataDir,
    sizes: { ...base, repeats },
    help: await distillHelp(),
    log: (message) => console.error(`  ${message}`),
  });
}
