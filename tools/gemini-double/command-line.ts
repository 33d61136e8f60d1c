import { Command } from 'commander';
import { FAULTS } from './faults.ts';
import { DEFAULT_PORT, NUMBER_FLAGS, readFlags, type StartOptions } from './read-flags.ts';
import { SCENARIOS } from './scenarios.ts';

const collect = (value: string, earlier: readonly string[] = []): string[] => [...earlier, value];
const table = (rows: readonly (readonly [string, string])[]): string =>
  rows.map(([name, about]) => `  ${name.padEnd(21)}${about}`).join('\n');

const MORE = `
Scenarios (flags override them):
${table(Object.entries(SCENARIOS).map(([name, { about }]) => [name, about]))}

Faults:
${table(Object.entries(FAULTS))}

Examples:
  pnpm gemini-double --scenario realistic
  GOOGLE_GEMINI_BASE_URL=http://127.0.0.1:${DEFAULT_PORT} GEMINI_API_KEY=made-up pnpm distill --teacher gemini
  pnpm gemini-double --port 0 --scenario mixed --seed 7
  pnpm gemini-double --scenario limited --requests-per-minute 60 --fault blocked=0.02 --fault drip=0.01
  curl -X PUT http://127.0.0.1:${DEFAULT_PORT}/control/limits -d '{"requests_per_minute":300}'
  curl http://127.0.0.1:${DEFAULT_PORT}/control/stats

Prints one JSON line when it listens, on 127.0.0.1 alone. SIGTERM or SIGINT ends it. More: docs/gemini-double.md.`;

/** The command line; `start` gets what was chosen. */
export function createProgram(start: (options: StartOptions) => void): Command {
  const program = new Command('gemini-double')
    .description("A stand-in for Google's Gemini service, for tests, benchmarks and people without a key.")
    .option('--port <port>', `where to listen; 0 takes a free one (default ${DEFAULT_PORT})`)
    .option('--scenario <name>', 'how it behaves (default steady)')
    .option('--recordings <file>', "JSON lines of image, aspect and response (default the sample's)")
    .option(
      '--images <dir>',
      'the recorded images, to know them by their bytes (default ../images beside the recordings)',
    )
    .option('--fault <name=rate>', 'share of calls that run into it; may be repeated', collect)
    .option('--window <kind>', 'minutes of a quota: fixed, from second 00, or sliding')
    .option('--keys <list>', 'keys that are let in, comma separated (default any)')
    .option('--models <list>', 'models there are, comma separated')
    .option('--model-version <name>', 'the modelVersion of every answer (default the model asked for)');
  for (const [flag, about] of NUMBER_FLAGS) program.option(flag, about);
  return program
    .allowExcessArguments(false)
    .addHelpText('after', MORE)
    .action((flags: Readonly<Record<string, unknown>>) => start(readFlags(flags)));
}
