import { Command, CommanderError } from 'commander';
import { addCorpusBench } from './corpus/command.ts';
import { addFingerprintBench } from './fingerprints/command.ts';
import { addScorerCvBench } from './scorer-cv/command.ts';
import { addScorerStepBench } from './scorer-step/command.ts';
import { addTeachBench } from './teach/command.ts';

/** `pnpm bench`: repeatable measurements. Each prints its command, machine and commit, and a table of ratios. */
const program = new Command('bench')
  .description(
    'Repeatable measurements: ratios in one run, with the machine and the commit they were taken on.',
  )
  .allowExcessArguments(false)
  .exitOverride();
addTeachBench(program);
addCorpusBench(program);
addFingerprintBench(program);
addScorerStepBench(program);
addScorerCvBench(program);

try {
  await program.parseAsync();
} catch (error) {
  // commander has printed its line already
  if (!(error instanceof CommanderError)) console.error(error instanceof Error ? error.message : error);
  process.exitCode = error instanceof CommanderError ? (error.exitCode === 0 ? 0 : 2) : 1;
}
