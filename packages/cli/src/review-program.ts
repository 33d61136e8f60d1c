import type { Command } from 'commander';
import { addSubcommand, HOME, JSON_FLAG } from './add-subcommand.ts';
import { reviewApplyCommand } from './commands/review-apply.ts';
import { reviewDecideCommand, reviewEditCommand } from './commands/review-decide.ts';
import { reviewListCommand } from './commands/review-list.ts';
import { reviewShowCommand } from './commands/review-show.ts';
import { optionsHint, refuseDistillOptions } from './stray-options.ts';
import type { Terminal } from './terminal/terminal.ts';

const ROW_HELP = `
ROW is dataset/aspect/name as "distill review list" prints it, or an image's name where that leaves one row (with --aspect).
Every decision is kept and the latest counts, from the next "pnpm distill" on: rejected rows are left out of its corpus, edited
ones carry the new description. Works beside a running distill.`;

/** `distill review` and its commands. */
export function addReview(program: Command, terminal: Terminal, exit: (code: number) => void): void {
  const review = addSubcommand(program, 'review', 'accept, reject or edit conversations: corpora obey', [
    'review list --undecided --split train',
    'review show midjourney_normal_003.jpg --aspect quality',
    'review accept agiqa-3k/quality/midjourney_normal_003.jpg',
    'review reject midjourney_normal_003.jpg --aspect quality --note "describes another image"',
    'review edit midjourney_normal_003.jpg --aspect quality            in $EDITOR',
    'review edit midjourney_normal_003.jpg --aspect quality --text better.txt',
    'review undo midjourney_normal_003.jpg --aspect quality',
    'review apply decisions.jsonl',
  ]).addHelpText('after', ROW_HELP);
  const add = (name: string, description: string, examples: readonly string[]): Command =>
    review
      .command(name)
      .description(description)
      .showHelpAfterError(optionsHint('review'))
      .hook('preAction', () => refuseDistillOptions(program, 'review'))
      .option('--run <id>', 'another run than the latest: its id, or the beginning of it')
      .addOption(HOME())
      .addOption(JSON_FLAG())
      .addHelpText(
        'after',
        ['', 'Examples:', ...examples.map((line) => `  pnpm distill ${line}`)].join('\n'),
      );
  addReading(add, terminal, exit);
  addDeciding(add, terminal, exit);
}

type Add = (name: string, description: string, examples: readonly string[]) => Command;

function addReading(add: Add, terminal: Terminal, exit: (code: number) => void): void {
  add('list', "a run's conversations and what was decided about them", [
    'review list --rejected',
    "review list --edited --json | jq -c '.[]' > decisions.jsonl",
  ])
    .option('--aspect <name>', 'quality, correspondence or authenticity')
    .option('--split <name>', 'train, val or test')
    .option('--undecided', 'only those that nobody decided about')
    .option('--accepted', 'only accepted ones')
    .option('--rejected', 'only rejected ones')
    .option('--edited', 'only edited ones')
    .option('--outdated', 'only decisions about an answer that is read differently since')
    .action(async (_flags, command) => exit(await reviewListCommand(command.optsWithGlobals(), terminal)));
  add('show <row>', 'the description, every version of it, every decision', [
    'review show midjourney_normal_003.jpg --aspect quality',
  ])
    .option('--aspect <name>', 'which row of an image')
    .action(async (row: string, _flags, command) =>
      exit(await reviewShowCommand(row, command.optsWithGlobals(), terminal)),
    );
}

function addDeciding(add: Add, terminal: Terminal, exit: (code: number) => void): void {
  const deciding = (name: string, description: string, examples: readonly string[]): Command =>
    add(name, description, examples)
      .option('--note <text>', 'why, for whoever reads it later')
      .option('--by <name>', "who decides (default: git's user.name, else USER)");
  const withAspect = (command: Command): Command =>
    command.option('--aspect <name>', 'which row of an image');
  withAspect(
    deciding('accept <rows...>', 'let rows stand as they are', [
      'review accept a.jpg b.jpg --aspect quality',
    ]),
  ).action(async (rows: string[], _flags, command) =>
    exit(await reviewDecideCommand('accepted', rows, command.optsWithGlobals(), terminal)),
  );
  withAspect(
    add('reject <rows...>', 'leave rows out of corpora', [
      'review reject a.jpg --aspect quality --note "describes another image"',
    ])
      .requiredOption('--note <text>', 'why, for whoever reads it later')
      .option('--by <name>', "who decides (default: git's user.name, else USER)"),
  ).action(async (rows: string[], _flags, command) =>
    exit(await reviewDecideCommand('rejected', rows, command.optsWithGlobals(), terminal)),
  );
  withAspect(
    deciding('edit <row>', "give a row another description; the teacher's is kept", [
      'review edit a.jpg --aspect quality',
      'review edit a.jpg --aspect quality --text better.txt --note "names the right colour"',
      'echo "The sky is blurred." | pnpm distill review edit a.jpg --aspect quality --text -',
    ]).option('--text <file>', 'the new description, - for stdin (default: an editor, on a terminal)'),
  ).action(async (row: string, _flags, command) =>
    exit(await reviewEditCommand(row, command.optsWithGlobals(), terminal)),
  );
  withAspect(
    deciding('undo <rows...>', 'take back the latest decision, so that the one before it stands', [
      'review undo a.jpg --aspect quality',
    ]),
  ).action(async (rows: string[], _flags, command) =>
    exit(await reviewDecideCommand('undone', rows, command.optsWithGlobals(), terminal)),
  );
  add('apply <file>', 'note a list of decisions: JSON lines or CSV of row, decision, text, note', [
    'review apply decisions.jsonl --by "Ann Example"',
    'review apply decisions.csv --json',
  ])
    .option('--by <name>', "who decided, where a line doesn't say (default: git's user.name, else USER)")
    .action(async (file: string, _flags, command) =>
      exit(await reviewApplyCommand(file, command.optsWithGlobals(), terminal)),
    );
}
