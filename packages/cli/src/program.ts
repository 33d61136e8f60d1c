import { Command, type CommanderError } from 'commander';
import { addSubcommand, HOME, JSON_FLAG } from './add-subcommand.ts';
import { addAudit } from './audit-program.ts';
import { addBaseline } from './baseline-program.ts';
import { addBatchesCommand, addBatchOptions } from './batch-program.ts';
import { addBenchmark } from './benchmark-program.ts';
import { batchesCommand } from './commands/batches.ts';
import { compareCommand } from './commands/compare.ts';
import { costCommand } from './commands/cost.ts';
import { distillCommand } from './commands/distill.ts';
import { failuresCommand, retryCommand } from './commands/failures.ts';
import { reportCommand } from './commands/report.ts';
import { showCommand } from './commands/show.ts';
import { statusCommand } from './commands/status.ts';
import { DEFAULT_CONCURRENCY } from './distill-options.ts';
import { addEvaluate } from './evaluate-program.ts';
import { EXIT } from './exit-codes.ts';
import { addExport } from './export-program.ts';
import { addFinetune } from './finetune-program.ts';
import { addPredict } from './predict-program.ts';
import { addPush } from './push-program.ts';
import { addReparse } from './reparse-program.ts';
import { addReview } from './review-program.ts';
import { addScorerOptions } from './scorer-options.ts';
import { addScorer } from './scorer-program.ts';
import { SIDE_HELP } from './side-selector.ts';
import { addSplitOptions } from './split-options.ts';
import { DEFAULT_GEMINI_MODEL } from './teacher-options.ts';
import type { Terminal } from './terminal/terminal.ts';
import { addTune } from './tune-program.ts';

const EXAMPLES = `
Examples:
  pnpm distill                            the sample in the repository: no key, no server, no GPU
  pnpm distill --dataset agiqa-3k --path ../agiqa-3k --recordings answers.jsonl
  pnpm distill --dataset aigciqa2023 --path ../AIGCIQA2023 --teacher gemini --dry-run
  pnpm distill --folds 5 --fold 1         each image prompt is test in one of five folds
  pnpm distill --dataset csv --path my-images --columns name=file,image_prompt=caption,mos_quality=score --scale 0:100
  pnpm distill --path my-images --teacher gemini --budget 5 --dry-run
  pnpm distill --path my-images --teacher gemini --combined --dry-run      all aspects in one call
  OPENAI_BASE_URL=http://localhost:11434/v1 pnpm distill --path my-images --teacher openai --model qwen2.5vl:7b
  pnpm distill --path my-images --teacher gemini-batch --budget 5
  pnpm distill --profile best             two networks read the images
  pnpm distill status
  pnpm distill push --repo my-lab/agiqa-3k-conversations --dry-run
  pnpm distill predict --checkpoint .retort/training/…/scorer.safetensors my-images

Running the same command again goes on where it was; with nothing left to do it prints the stored results.

Exit codes: 0 done, 1 failed, 2 the command line can't be meant, 3 stopped at a limit (budget, day quota), 130 interrupted.
Environment: RETORT_HOME, RETORT_CACHE, RETORT_PYTHON, REDIS_URL, RETORT_PRICES, QUEUE_SERVER_BIN, GOOGLE_API_KEY or GEMINI_API_KEY,
  GOOGLE_GEMINI_BASE_URL, OPENAI_API_KEY, OPENAI_BASE_URL, SCORER_TORCH=cuda,
  HF_TOKEN, HF_ENDPOINT.`;

/** The command line. `run` gets the exit code of the command that was chosen. */
export function createProgram(terminal: Terminal, exit: (code: number) => void): Command {
  const program = new Command('distill')
    .description(
      'Turns what a teacher model sees in AI-generated images into an audited corpus and a scorer of your own.',
    )
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.print(text.trimEnd()),
      writeErr: (text) => terminal.say(text.trimEnd()),
    })
    .allowExcessArguments(false)
    // After a subcommand's name only its own options count, so that none is accepted and then ignored.
    .enablePositionalOptions()
    .addHelpText('after', EXAMPLES);
  addScorerOptions(addSplitOptions(addBatchOptions(addDistillOptions(program)))).action(async (flags) =>
    exit(await distillCommand(flags, terminal)),
  );
  addSubcommand(program, 'status', 'where the latest run is', [
    'status',
    'status --json --home my-home',
  ]).action(async (_flags, command) => exit(await statusCommand(command.optsWithGlobals(), terminal)));
  addSubcommand(program, 'show <image>', "an image's ratings, conversations and predictions", [
    'show midjourney_normal_003.jpg',
    'show midjourney_normal_003.jpg --json',
  ]).action(async (image: string, _flags, command) =>
    exit(await showCommand(image, command.optsWithGlobals(), terminal)),
  );
  addSubcommand(program, 'report', "write the latest run's report again and print where it is", [
    'report',
    'report --home my-home',
  ]).action(async (_flags, command) => exit(await reportCommand(command.optsWithGlobals(), terminal)));
  addSubcommand(program, 'cost', 'what was spent, is set aside and will probably be spent', [
    'cost',
    'cost --run 3c7ac4d7 --json',
    'cost --all',
  ])
    .option('--run <id>', 'another run than the latest: its id, or the beginning of it')
    .option('--all', 'every run of the home')
    .action(async (_flags, command) => exit(await costCommand(command.optsWithGlobals(), terminal)));
  addSubcommand(program, 'compare <a> <b>', 'two prompts, models or dates on the same images', [
    'compare 3c7ac4d7 0a2ca6f5 --html compare.html',
    'compare model=gemini-3.8-flash model=gemini-3.5-flash',
    'compare prompt=quality/blind.v1 prompt=quality/label-aware.v1 --json',
    'compare model=gemini-3.8-flash,repeat=0 model=gemini-3.8-flash,repeat=1',
  ])
    .addHelpText('after', SIDE_HELP)
    .option('--html <file>', 'write it as a page as well')
    .action(async (a: string, b: string, _flags, command) =>
      exit(await compareCommand({ a, b }, command.optsWithGlobals(), terminal)),
    );
  addSubcommand(program, 'failures', 'requests that were given up on, with their reasons', [
    'failures',
    'failures --group',
    'failures --group --json',
  ])
    .option('--group', 'one line an outcome and reason, with how many and examples')
    .action(async (_flags, command) => exit(await failuresCommand(command.optsWithGlobals(), terminal)));
  addSubcommand(program, 'retry', 'ask given-up requests again at the next distill', [
    'retry',
    'retry --outcome blocked',
  ])
    .option('--outcome <name>', 'only those that ended so')
    .action(async (_flags, command) => exit(await retryCommand(command.optsWithGlobals(), terminal)));
  addExport(program, terminal, exit);
  addReparse(program, terminal, exit);
  addReview(program, terminal, exit);
  addPush(program, terminal, exit);
  addAudit(program, terminal, exit);
  addTune(program, terminal, exit);
  addFinetune(program, terminal, exit);
  addBatchesCommand(addSubcommand, program, async (flags) => exit(await batchesCommand(flags, terminal)));
  addPredict(program, terminal, exit);
  addEvaluate(program, terminal, exit);
  addBenchmark(program, terminal, exit);
  addBaseline(program, terminal, exit);
  addScorer(program, terminal, exit);
  return program;
}

function addDistillOptions(program: Command): Command {
  return program
    .option(
      '--dataset <reader>',
      'agiqa-3k, aigciqa2023, aigiqa-20k or csv (default: csv with --path, else the sample)',
    )
    .option('--path <dir>', "the dataset's folder")
    .option('--csv <file>', 'its table, where that is not in the folder')
    .option('--columns <map>', 'our names for its columns: name=file,image_prompt=caption,mos_quality=score')
    .option('--scale <min:max>', 'range of its MOS (default 0:5; aigciqa2023 0:100)')
    .option('--dataset-name <name>', 'name of the dataset in corpora and reports')
    .option('--recordings <file>', 'recorded answers to replay, JSON lines of image, aspect, model, response')
    .option('--aspects <list>', 'quality, correspondence, authenticity (default: those with ratings)')
    .option(
      '--teacher <name>',
      'replay, gemini, gemini-batch (half the price, in about a day) or openai: any OpenAI-compatible server (default: replay where there are recordings)',
    )
    .option(
      '--model <name>',
      `model that a live teacher asks (gemini, gemini-batch: default ${DEFAULT_GEMINI_MODEL}; openai: must be named)`,
    )
    .option(
      '--prompt <form>',
      'label-aware shows the teacher the MOS, blind does not; blind.v1: that version (default label-aware, the newest)',
    )
    .option(
      '--combined [output]',
      'ask about all aspects of an image in one call: json (structured, the default) or text (named sections)',
    )
    .option('--limit <n>', 'at most n images, whole image prompts first')
    .option('--concurrency <n>', `calls to the teacher at once (default ${DEFAULT_CONCURRENCY})`)
    .option('--requests-per-minute <n>', "the teacher's limit, where you know it; else it is found")
    .option('--input-tokens-per-minute <n>', 'the same, in input tokens')
    .option('--requests-per-day <n>', 'the same, for a day that begins at midnight in Los Angeles')
    .option('--workers <n>', 'worker processes; limits and --concurrency hold for all together (default 1)')
    .option('--seed <n>', 'seed of split and fit (default 0)')
    .option(
      '--repeat <n>',
      'ask the same again on purpose, to compare two dates (default 0: answers are reused)',
    )
    .option('--until <stage>', 'stop after import, prepare, teach, audit, export, encode, fit or report')
    .option('--budget <usd>', 'what this job may spend in all, over every time it is started')
    .option('--price-in <usd>', 'what a million input tokens cost, with --price-out; wins over the table')
    .option('--price-out <usd>', 'what a million output tokens cost, thinking included')
    .option('--prices <file>', 'JSON of prices by model (RETORT_PRICES); see docs/cost.md')
    .option('--dry-run', 'say what would be done, asked and spent, and do nothing')
    .option('--strict', 'stop at the first bad row instead of setting it aside')
    .option('--yes', 'do not ask before spending')
    .addOption(HOME())
    .addOption(JSON_FLAG());
}

/** The exit code of commander's own ends: help and version are fine, anything else is a usage error. */
export function commanderExitCode(error: CommanderError): number {
  return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
}
