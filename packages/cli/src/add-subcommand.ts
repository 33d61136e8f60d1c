import { type Command, Option } from 'commander';
import { optionsHint, refuseDistillOptions } from './stray-options.ts';

export const HOME = () =>
  new Option('--home <dir>', 'where everything is kept (RETORT_HOME; default .retort in the repository)');
export const JSON_FLAG = () => new Option('--json', 'print JSON on stdout, everything else on stderr');

/** `--home` and `--json` are the program's own options, so they may stand before or after the subcommand. */
export function addSubcommand(
  program: Command,
  name: string,
  description: string,
  examples: readonly string[],
): Command {
  return program
    .command(name)
    .description(description)
    .showHelpAfterError(optionsHint(name))
    .hook('preAction', () => refuseDistillOptions(program, name))
    .addOption(HOME())
    .addOption(JSON_FLAG())
    .addHelpText('after', examplesText(examples));
}

function examplesText(examples: readonly string[]): string {
  return ['', 'Examples:', ...examples.map((example) => `  pnpm distill ${example}`)].join('\n');
}
