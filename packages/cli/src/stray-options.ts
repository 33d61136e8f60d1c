import type { Command } from 'commander';
import { UsageError } from './usage-error.ts';

/** What follows an error about an option: most likely it is one of distill's own. */
export function optionsHint(name: string): string {
  const word = name.split(' ', 1)[0];
  return `("pnpm distill ${word} --help" lists what ${word} takes; options of distill itself, such as --limit, don't go with it)`;
}

/** Options of distill itself before a subcommand's name would be accepted and ignored. @throws UsageError */
export function refuseDistillOptions(program: Command, name: string): void {
  const shared = ['home', 'json'];
  const stray = program.options.filter((option) => {
    const key = option.attributeName();
    return !shared.includes(key) && program.getOptionValueSource(key) === 'cli';
  });
  if (stray.length === 0) return;
  const flags = stray.map(({ long }) => long ?? '').join(', ');
  throw new UsageError(
    `${flags} goes with "pnpm distill" itself and means nothing to ${name.split(' ', 1)[0]}: leave it out.`,
  );
}
